-- Grain: one row per patient and analyte that needs a second look: more than one value in some visit, or a
-- baseline that is asked for. Few, as most visits have one value: that spares the rest the ranking.
with pair as (
    select
        patient_key, analyte,
        count(month) <> coalesce(bit_count(
            bit_or(1::hugeint << month::integer) filter (month <= 120)
        ), 0) as crowded,
        arg_max(level, moment(elapsed, time)) filter (
            month = 0 and $asked['y'] in ('change', 'percent')
        ) as baseline
    from trajectory_values()
    group by patient_key, analyte
)
from pair where crowded or baseline is not null

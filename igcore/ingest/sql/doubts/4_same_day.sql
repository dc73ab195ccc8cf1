-- Grain: one row per measurement without a time beside another value of its analyte on its day.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with suspect as (
    select trial, patient, analyte from doubt_group group by trial, patient, analyte
    having sum(timed) > 0 and sum(timed) < sum(n)
),
beside as (
    select
        m.*,
        count(time) over same_day as timed,
        min(coalesce(value * factor, value)) over same_day
            < max(coalesce(value * factor, value)) over same_day as different
    from said_measurements m semi join suspect using (trial, patient, analyte)
    where value is not null
    window same_day as (partition by trial, patient, analyte, day)
)
select
    'same_day' as kind, '' as about, 'measurements' as tab, 'time' as col, file, sheet, line, ord,
    patient, coalesce(m.operator, '') || format('{:g}', m.value) || coalesce(' ' || m.unit, '') as value, 1 as n
from beside m where time is null and timed > 0 and different

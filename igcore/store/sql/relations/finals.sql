-- Grain: one row per patient of the cohort and analyte with a baseline or a value after it: both samples.
-- b_*: baseline; f_*: final value, null where there is none; levels and limits in g/L, limits the
-- record's own; f_rank: -1 and -2 as in candidates where no later value is a candidate.
-- NaN stands for a missing limit on the way: arg_max skips nulls, and its form that does not is slow.
-- filter (baseline) spares most rows the aggregates of the baseline.
with keyed as (
    select
        *, ranked(moment, operator) as b_key,
        ranked(rank, operator) as f_key
    from candidates()
),
chosen as (
    select
        patient_key, analyte,
        max(b_key) filter (baseline) as b_key,
        arg_max(level, b_key) filter (baseline) as b_level,
        arg_max(coalesce(low, 'nan'), b_key) filter (baseline) as b_low,
        arg_max(coalesce(high, 'nan'), b_key) filter (baseline) as b_high,
        arg_max(day, b_key) filter (baseline) as b_day,
        arg_max_null(time, b_key) filter (baseline) as b_time,
        arg_max(value, b_key) filter (baseline) as b_value,
        arg_max(unit, b_key) filter (baseline) as b_unit,
        max(f_key) as f_key, arg_max(level, f_key) as f_level,
        arg_max(coalesce(low, 'nan'), f_key) as f_low, arg_max(coalesce(high, 'nan'), f_key) as f_high,
        arg_max(day, f_key) as f_day, arg_max_null(time, f_key) as f_time,
        arg_max(value, f_key) as f_value, arg_max(unit, f_key) as f_unit
    from keyed group by patient_key, analyte
)
select
    * exclude (b_key, f_key) replace (
        case when f_key >= 0 then f_level end as f_level,
        case when not isnan(b_low) then b_low end as b_low,
        case when not isnan(b_high) then b_high end as b_high,
        case when f_key >= 0 and not isnan(f_low) then f_low end as f_low,
        case when f_key >= 0 and not isnan(f_high) then f_high end as f_high,
        case when f_key >= 0 then f_day end as f_day,
        case when f_key >= 0 then f_time end as f_time,
        case when f_key >= 0 then f_value end as f_value,
        case when f_key >= 0 then f_unit end as f_unit
    ),
    operator_of(b_key) as b_operator,
    case when f_key >= 0 then operator_of(f_key) end as f_operator,
    f_key >> 2 as f_rank
from chosen

-- Grain: one row per treated patient of the cohort and analyte.
-- baseline, final, low, high: in the final record's unit; days: study days; times: hh:mm or null; change: percent.
select
    trial, patient, patient_key, analyte,
    coalesce(f.unit, b.unit) as unit,
    case when f is null or f.unit = b.unit then b.value
        else b.level * (f.value / nullif(f.level, 0)) end as baseline,
    b.operator as baseline_operator, b.day as baseline_day, nullif(b.time, '') as baseline_time,
    f.value as final, f.operator as final_operator, f.day as final_day,
    nullif(f.time, '') as final_time,
    case when b.operator = f.operator then null else 100 * (f.level / nullif(b.level, 0) - 1) end
        as change_percent,
    case
        when b.operator = f.operator then null
        when b.operator = '<' or f.operator = '>' then '>='
        when b.operator = '>' or f.operator = '<' then '<='
    end as change_operator,
    f.low * (f.value / nullif(f.level, 0)) as low,
    f.high * (f.value / nullif(f.level, 0)) as high,
    coalesce(f.default_limits, false) as default_limits,
    baseline_class, final_class, verdict, reason
from verdicts_at($version, $who, $analyte, $rise_factor, $final)
order by trial, patient, patient_key, analyte;

-- Grain: one row per treated patient of the cohort and analyte.
-- baseline, final, low, high: in the final record's unit; days: study days; times: hh:mm or null; change: percent.
select
    trial, patient, patient_key, analyte,
    coalesce(f_unit, b_unit) as unit,
    case when f_unit is null or f_unit = b_unit then b_value
        else b_level * (f_value / nullif(f_level, 0)) end as baseline,
    b_operator as baseline_operator, b_day as baseline_day, b_time as baseline_time,
    f_value as final, f_operator as final_operator, f_day as final_day, f_time as final_time,
    change_percent(b_level, b_operator, f_level, f_operator) as change_percent,
    change_operator(b_operator, f_operator) as change_operator,
    f_low * (f_value / nullif(f_level, 0)) as low,
    f_high * (f_value / nullif(f_level, 0)) as high,
    default_limits,
    baseline_class, final_class, verdict, reason
from verdicts()
order by trial, patient, patient_key, analyte;

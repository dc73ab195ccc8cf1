-- Grain: one row per analyte, trial, verdict, reason, classes, limits and response; n: patients.
-- Everything that is counted of recovery comes from these few rows, so that the measurements are
-- read once. baseline_class, final_class: low, normal, high or null; responder: ever (S2).
select
    v.analyte, v.trial, v.verdict, v.reason, v.baseline_class, v.final_class,
    v.default_limits, v.range_laboratory, v.assessable, v.evaluable, v.improved,
    r.patient_key is not null as responder,
    count(*) as n
from verdicts() v
left join response_days() r using (patient_key)
group by all
order by all;

-- Grain: one row per patient of the cohort who responded by the rule. response_day: elapsed days.
select patient_key, r.response_day
from response_course() r semi join cohort() c using (patient_key)
where r.response_day is not null

-- Grain: one row. n: patients of the cohort; place: which of them the patient is, by trial and id,
-- 0 if none; first, previous, next: keys, null where there is none.
with listed as materialized (
    select {'trial': trial, 'patient': patient, 'patient_key': patient_key} as one
    from cohort()
),
me as (select one from listed where one['patient_key'] = $patient_key)
select
    count(*) as n,
    count(*) filter (one <= (from me)) as place,
    min(one)['patient_key'] as first,
    (max(one) filter (one < (from me)))['patient_key'] as previous,
    (min(one) filter (one > (from me)))['patient_key'] as next
from listed;

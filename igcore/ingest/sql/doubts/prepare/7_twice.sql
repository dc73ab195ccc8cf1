-- Grain: one row per patient of this upload whose id another trial has too, here or in the pool.
create or replace temp table doubt_twice as
with known as (
    select trial, patient from doubt_patient
    union
    select trial, patient from named_patients()
    where patient in (select patient from doubt_patient)
),
twice as (
    select patient, list(trial order by trial) as trials from known
    where trial is not null
    group by patient having count(*) > 1
)
select d.trial, d.patient, list_filter(t.trials, lambda other: other <> d.trial)[1] as other
from doubt_patient d join twice t using (patient)

-- Grain: one row per subject whose start of treatment is known from this upload or from the pool.
-- treated: false for subjects whose ADSL row has no TRTSDT.
create or replace temp table known_start as
with said as (
    select trial, patient, try_cast(treatment_start as date) as start, 1 as rank
    from stage_patients where skip is null
    union all
    select trial, patient, treatment_start, 2 from patients_at($version)
)
select trial, patient, min_by(start, rank) as start, true as treated
from said group by trial, patient
union all
select trial, patient, null, false from stage_patients s
where skip is not null
  and not exists (select 1 from said where said.trial = s.trial and said.patient = s.patient);

-- Grain: one row per subject whose start of treatment is known from this upload or from the pool.
-- treated: false for subjects whom ADSL or DM calls not treated.
-- reference: RFSTDTC of SDTM, from which its study days are counted; null where there is none.
create or replace temp table known_start as
with said as (
    -- Of several rows of a patient the first is stored, so its start counts.
    select trial, patient, try_cast(treatment_start as date) as start, ord as rank
    from stage_patients where skip is null
    union all
    select trial, patient, treatment_start, 9000000000000000 from named_patients()
),
subject as (
    select trial, patient, min_by(start, rank) as start, true as treated
    from said group by trial, patient
    union all
    select distinct trial, patient, null::date, false from stage_patients s
    where (skip like 'not treated%' or skip = 'screen failure')
      and not exists (
        select 1 from said where said.trial = s.trial and said.patient = s.patient)
),
referred as (
    select coalesce($trial, STUDYID) as trial, USUBJID as patient,
        min(iso_date(RFSTDTC)) as reference
    from known_dm group by all
)
select subject.*, referred.reference
from subject left join referred using (trial, patient);

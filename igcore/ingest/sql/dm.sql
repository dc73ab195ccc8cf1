-- Grain: one row per DM subject, in the columns of the template patients.
-- The start is the first exposure; where a trial has none of these at all, the reference start.
-- A subject who is in ADSL as well is taken from there.
insert into stage_patients by name
with subject as (
    select
        *, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        if(bool_or(RFXSTDTC is not null) over (partition by coalesce($trial, STUDYID)),
            RFXSTDTC, RFSTDTC) as started
    from known_dm
)
select
    file, sheet, line, ord, trial, patient, ARM as arm,
    case upper(SEX) when 'F' then 'F' when 'M' then 'M' end as sex,
    case when coalesce(upper(AGEU), 'YEARS') = 'YEARS' then AGE end as age_years,
    coalesce(iso_date(started)::varchar, started) as treatment_start,
    clock_of(started) as treatment_start_time,
    study_day(iso_date(RFXENDTC), iso_date(started))::varchar as treatment_end_day,
    case
        when exists (select 1 from known_adsl a where a.USUBJID = subject.patient
            and coalesce($trial, a.STUDYID) = subject.trial) then 'taken from ADSL'
        when upper(ARMCD) = 'SCRNFAIL' or upper(ARM) = 'SCREEN FAILURE' then 'screen failure'
        when started is null then 'not treated (no RFXSTDTC or RFSTDTC)'
    end as skip
from subject;

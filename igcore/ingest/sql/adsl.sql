-- Grain: one row per ADSL subject, in the columns of the template patients.
-- skip: why the row is left out, or null.
insert into stage_patients by name
select
    file, sheet, line, ord,
    coalesce($trial, STUDYID) as trial, USUBJID as patient,
    coalesce(TRT01P, ARM, TRT01A) as arm,
    case upper(SEX) when 'F' then 'F' when 'M' then 'M' end as sex,
    nullif(AGE, '.') as age_years,
    coalesce(adam_date(TRTSDT)::varchar, TRTSDT) as treatment_start,
    case when TRTSTMF is null then clock_of(TRTSDTM) end as treatment_start_time,
    study_day(adam_date(TRTEDT), adam_date(TRTSDT))::varchar as treatment_end_day,
    case when TRTSDT is null then 'not treated (no TRTSDT)' end as skip
from known_adsl;

-- Grain: one row per ADLB record, in the columns of the template measurements.
insert into stage_measurements by name
with record as (
    select
        a.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        coalesce(k.start, adam_date(a.TRTSDT)) as start, coalesce(k.treated, true) as treated,
        k.patient is null as unknown,
        nullif(try_cast(ADY as double), 0) as given_day
    from known_adlb a
    left join known_start k
        on k.trial = coalesce($trial, a.STUDYID) and k.patient = a.USUBJID
)
select
    file, sheet, line, ord, trial, patient,
    case upper(PARAMCD) when 'IGA' then 'IgA' when 'IGG' then 'IgG' when 'IGM' then 'IgM'
        else PARAMCD end as analyte,
    -- A subject whom nobody knows is refused as unknown, whatever the day.
    coalesce(given_day, study_day(adam_date(ADT), start), if(unknown, 1, null))::varchar as day,
    case when ATMF is null then coalesce(clock_of(ADTM), clock_of(LBDTC)) end as time,
    case when regexp_matches(AVALC, '^\s*[<>]') then AVALC
        else coalesce(nullif(AVAL, '.'), AVALC) end as value,
    coalesce(AVALU, STRESU, nullif(regexp_extract(PARAM, '\(([^()]*)\)\s*$', 1), '')) as unit,
    ANRLO as low, ANRHI as high,
    case
        when DTYPE is not null then 'derived record (DTYPE ' || DTYPE || ')'
        when not treated then 'subject not treated (no TRTSDT)'
        when day is null then 'no usable day'
        when nullif(AVAL, '.') is null and AVALC is null then 'no value'
        when upper(PARAMCD) in ('IGA', 'IGG', 'IGM') then null -- faults of these are told row by row
        when nullif(AVAL, '.') is null and not regexp_matches(AVALC, '^\s*[<>]?\s*[0-9.]+\s*$')
            then 'no number (result in words)'
        when unit is null then 'no unit'
    end as skip
from record;

-- Grain: one row per LB record, in the columns of the template measurements.
-- The standardised result with its unit and limits; the original one where that is missing.
insert into stage_measurements by name
with record as (
    select
        l.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        k.start, k.reference, coalesce(k.treated, true) as treated, k.patient is null as unknown,
        coalesce(LBSTRESN, LBSTRESC) is not null as standard,
        upper(LBTESTCD) in ('IGA', 'IGG', 'IGM') as immunoglobulin,
        (coalesce($trial, l.STUDYID), upper(l.LBTESTCD)) in (
            select distinct (coalesce($trial, a.STUDYID), upper(a.PARAMCD)) from known_adlb a
        ) as analysed
    from known_lb l
    left join known_start k
        on k.trial = coalesce($trial, l.STUDYID) and k.patient = l.USUBJID
)
select
    file, sheet, line, ord, trial, patient,
    case upper(LBTESTCD) when 'IGA' then 'IgA' when 'IGG' then 'IgG' when 'IGM' then 'IgM'
        else LBTESTCD end as analyte,
    -- A subject whom nobody knows is refused as unknown, whatever the day.
    coalesce(study_day(iso_date(LBDTC), start), day_from(LBDY, reference, start),
        if(unknown, 1, null))::varchar as day,
    clock_of(LBDTC) as time,
    case
        when not standard then LBORRES
        when regexp_matches(LBSTRESC, '^\s*[<>]') then LBSTRESC
        else coalesce(LBSTRESN, LBSTRESC)
    end as value,
    if(standard, LBSTRESU, LBORRESU) as unit,
    if(standard, LBSTNRLO, LBORNRLO) as low,
    if(standard, LBSTNRHI, LBORNRHI) as high,
    case
        when analysed then 'taken from ADLB'
        when not treated then 'subject not treated'
        when LBSTAT is not null then 'not done (LBSTAT)'
        when upper(LBSPEC) not in ('SERUM', 'PLASMA', 'BLOOD', 'SERUM OR PLASMA')
            then 'not from blood: ' || LBSPEC
        when upper(LBDRVFL) = 'Y' then 'derived record (LBDRVFL)'
        when day is null then 'no usable day'
        when value is null then 'no value'
        when immunoglobulin then null -- faults of these are told row by row
        when not regexp_matches(value, '^\s*[<>]?\s*[0-9.]+([eE][+-]?[0-9]+)?\s*$')
            then 'no number (result in words)'
        when unit is null then 'no unit'
    end as skip
from record;

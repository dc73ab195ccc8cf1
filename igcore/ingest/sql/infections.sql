-- Grain: one row per ADAE or AE record, in the columns of the template infections.
-- An infection is what MedDRA files under the system organ class "Infections and infestations".
insert into stage_infections by name
with event as (
    select *, 'ADAE' as source from known_adae
    union all by name
    select *, 'AE' as source from known_ae
),
record as (
    select
        e.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        coalesce(k.start, adam_date(e.TRTSDT)) as start, k.reference,
        coalesce(k.treated, true) as treated, k.patient is null as unknown,
        coalesce(AEBODSYS, AESOC) as organ_class,
        bool_or(source = 'ADAE') over (partition by coalesce($trial, STUDYID)) as analysed
    from event e
    left join known_start k
        on k.trial = coalesce($trial, e.STUDYID) and k.patient = e.USUBJID
)
select
    file, sheet, line, ord, trial, patient,
    -- A subject whom nobody knows is refused as unknown, whatever the day.
    coalesce(nullif(try_cast(ASTDY as double), 0), study_day(adam_date(ASTDT), start),
        study_day(iso_date(AESTDTC), start), day_from(AESTDY, reference, start),
        if(unknown, 1, null))::varchar as start_day,
    coalesce(nullif(try_cast(AENDY as double), 0), study_day(adam_date(AENDT), start),
        study_day(iso_date(AEENDTC), start), day_from(AEENDY, reference, start))::varchar
        as end_day,
    AEDECOD as term,
    regexp_replace(coalesce(AETOXGR, ATOXGR), '^\s*grade\s*', '', 'i') as grade,
    case
        when analysed and source = 'AE' then 'taken from ADAE'
        when organ_class is null then 'no system organ class (AEBODSYS)'
        when lower(trim(organ_class)) <> 'infections and infestations'
            then 'not an infection (AEBODSYS)'
        when not treated then 'subject not treated'
        when start_day is null then 'no usable day'
    end as skip
from record;

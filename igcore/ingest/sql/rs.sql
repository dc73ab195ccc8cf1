-- Grain: one row per RS record, in the columns of the template responses.
-- A trial's responses are the accepted ones where it marks some, else the investigator's where
-- there are any, else all.
insert into stage_responses by name
with record as (
    select
        r.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        k.start, k.reference, coalesce(k.treated, true) as treated, k.patient is null as unknown,
        upper(RSTESTCD) = 'OVRLRESP' as overall,
        coalesce(RSSTRESC, RSORRES) as word,
        coalesce(upper(RSEVAL), 'INVESTIGATOR') = 'INVESTIGATOR' as by_investigator,
        coalesce($trial, r.STUDYID) in (
            select distinct coalesce($trial, a.STUDYID) from known_adrs a) as analysed
    from known_rs r
    left join known_start k
        on k.trial = coalesce($trial, r.STUDYID) and k.patient = r.USUBJID
),
judged as (
    select
        *,
        list_extract($responses, list_position(
            list_transform($responses, lambda known: upper(known)), upper(trim(word)))) as response,
        bool_or(overall and upper(RSACPTFL) = 'Y') over (partition by trial) as marked,
        bool_or(overall and by_investigator) over (partition by trial) as investigated
    from record
)
select
    file, sheet, line, ord, trial, patient,
    -- A subject whom nobody knows is refused as unknown, whatever the day.
    coalesce(study_day(iso_date(RSDTC), start), day_from(RSDY, reference, start),
        if(unknown, 1, null))::varchar as day,
    response,
    case
        when analysed then 'taken from ADRS'
        when overall is distinct from true then 'other test than OVRLRESP'
        when not treated then 'subject not treated'
        when RSSTAT is not null then 'not done (RSSTAT)'
        when marked and upper(RSACPTFL) is distinct from 'Y' then 'not the accepted assessment'
        when not coalesce(marked, false) and investigated and not by_investigator
            then 'other evaluator than the investigator'
        when response is null then 'no response word: ' || coalesce(word, 'empty')
        when day is null then 'no usable day'
    end as skip
from judged;

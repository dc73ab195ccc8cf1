-- Grain: one row per ADRS record, in the columns of the template responses.
-- A trial's responses are its OVR records; CBOR serves where it has none, else BOR; never mixed.
insert into stage_responses by name
with source as (
    select
        coalesce($trial, STUDYID) as trial,
        case
            when bool_or(PARAMCD = 'OVR') then 'OVR'
            when bool_or(PARAMCD = 'CBOR') then 'CBOR'
            else 'BOR'
        end as paramcd
    from known_adrs group by all
),
record as (
    select
        a.*, coalesce($trial, STUDYID) as trial, USUBJID as patient, source.paramcd as wanted,
        coalesce(k.start, adam_date(a.TRTSDT)) as start, coalesce(k.treated, true) as treated,
        k.patient is null as unknown,
        nullif(try_cast(ADY as double), 0) as given_day,
        list_extract($responses, list_position(
            list_transform($responses, lambda word: upper(word)), upper(trim(AVALC)))) as response
    from known_adrs a
    join source on source.trial = coalesce($trial, a.STUDYID)
    left join known_start k
        on k.trial = coalesce($trial, a.STUDYID) and k.patient = a.USUBJID
)
select
    file, sheet, line, ord, trial, patient,
    -- A subject whom nobody knows is refused as unknown, whatever the day.
    coalesce(given_day, study_day(adam_date(ADT), start), if(unknown, 1, null))::varchar as day,
    response,
    case
        when PARAMCD is distinct from wanted
            then 'other parameter than ' || wanted
        when not treated then 'subject not treated (no TRTSDT)'
        when response is null then 'no response word: ' || coalesce(AVALC, 'empty')
        when day is null then 'no usable day'
    end as skip
from record;

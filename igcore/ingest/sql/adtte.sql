-- Grain: one row per ADTTE record, in the columns of the template outcomes.
-- CNSR 0 is an event, any whole number above it a censoring; turned here and nowhere else.
insert into stage_outcomes by name
with record as (
    select
        a.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        coalesce(k.start, adam_date(a.TRTSDT)) as start, coalesce(k.treated, true) as treated,
        try_cast(CNSR as double) as censoring,
        case when AVALU is null or regexp_matches(lower(AVALU), '^day') then 1.0
            when regexp_matches(lower(AVALU), '^month') then 30.4375
            when regexp_matches(lower(AVALU), '^week') then 7.0
            when regexp_matches(lower(AVALU), '^year') then 365.25 end as days
    from stage_adtte a
    left join known_start k
        on k.trial = coalesce($trial, a.STUDYID) and k.patient = a.USUBJID
)
select
    file, sheet, line, ord, trial, patient, PARAMCD as endpoint,
    case
        when days = 1 then AVAL
        when days is null then AVAL || ' ' || AVALU
        else (try_cast(AVAL as double) * days)::varchar
    end as time_days,
    case when censoring = 0 then '1' when censoring >= 1 and censoring = floor(censoring) then '0'
        else 'CNSR ' || coalesce(record.CNSR, 'empty') end as event,
    case when adam_date(STARTDT) is null then STARTDT
        else study_day(adam_date(STARTDT), start)::varchar end as origin_day,
    case
        when not treated then 'subject not treated (no TRTSDT)'
        when nullif(AVAL, '.') is null then 'no time (AVAL)'
    end as skip
from record;

-- Grain: one row per ADTTE record, in the columns of the template outcomes.
-- The unit of AVAL is AVALU's, else that in the brackets of PARAM, else days.
-- CNSR 0 is an event, any whole number above it a censoring; turned here and nowhere else.
insert into stage_outcomes by name
with record as (
    select
        a.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        coalesce(k.start, adam_date(a.TRTSDT)) as start, coalesce(k.treated, true) as treated,
        try_cast(CNSR as double) as censoring,
        coalesce(lower(AVALU), regexp_extract(
            lower(PARAM), '\((days?|weeks?|months?|years?)\)', 1), '') as unit
    from known_adtte a
    left join known_start k
        on k.trial = coalesce($trial, a.STUDYID) and k.patient = a.USUBJID
),
scaled as (
    select
        *,
        case
            when unit = '' or starts_with(unit, 'day') then 1.0
            when starts_with(unit, 'week') then days_per_week()
            when starts_with(unit, 'month') then days_per_month()
            when starts_with(unit, 'year') then days_per_year()
        end as days
    from record
)
select
    file, sheet, line, ord, trial, patient, PARAMCD as endpoint,
    case
        when days = 1 then AVAL
        when days is null then AVAL || ' ' || AVALU
        else (try_cast(AVAL as double) * days)::varchar
    end as time_days,
    case when censoring = 0 then '1' when censoring >= 1 and censoring = floor(censoring) then '0'
        else 'CNSR ' || coalesce(CNSR, 'empty') end as event,
    case when adam_date(STARTDT) is null then STARTDT
        else study_day(adam_date(STARTDT), start)::varchar end as origin_day,
    case
        when not treated then 'subject not treated (no TRTSDT)'
        when nullif(AVAL, '.') is null then 'no time (AVAL)'
    end as skip
from scaled;

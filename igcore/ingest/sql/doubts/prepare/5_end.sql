-- Grain: one row per patient of this upload with an outcome in it, or else in the pool.
-- last_alive, progress: elapsed days at which OS and PFS end; died, progressed: as an event.
create or replace temp table doubt_end as
with said as (
    select trial, patient, endpoint, time_days, event, origin_day, 1 as rank from said_outcomes
    union all
    select trial, patient, endpoint, time_days, event, origin_day, 2 from named_outcomes()
),
timed as (
    select
        trial, patient, endpoint, event, rank,
        elapsed(coalesce(origin_day, 1)) + time_days - 1 as ends
    from said join doubt_patient using (trial, patient)
    where endpoint in ('OS', 'PFS') and time_days is not null and event is not null
)
select
    trial, patient,
    min_by(ends, rank) filter (endpoint = 'OS') as last_alive,
    min_by(event, rank) filter (endpoint = 'OS') as died,
    min_by(ends, rank) filter (endpoint = 'PFS') as progress,
    min_by(event, rank) filter (endpoint = 'PFS') as progressed
from timed group by trial, patient

-- Grain: one row per stratum, time and group at which somebody enters or leaves the group.
-- time: days on the endpoint's clock (from the landmark when timing is "landmark");
-- entering, events, censored: patients; leaving for another group counts as censored here (S6).
-- Patients are spans (entry, exit]; `fixed` groups, `ever`, `landmark` and `time-dependent` differ
-- in their spans only.
with subject as (
    select
        c.patient_key, o.time_days, o.event,
        case when $stratify = 'trial' then c.trial else '' end as stratum,
        case $group when 'arm' then c.arm when 'sex' then c.sex when 'trial' then c.trial end
            as label,
        case when $timing = 'ever' and response_depth(c.best_response) >= $least_depth
            then coalesce(d.response_day, 0) else d.response_day end
            - elapsed(coalesce(o.origin_day, 1)) + 1 as response_time
    from cohort_at($version, $who) c
    join outcomes_at($version) o using (patient_key)
    left join response_days_at($version, $who, $least_depth) d using (patient_key)
    where o.endpoint = $endpoint
      and ($group <> 'response' or list_contains($trials_with_response, c.trial))
),
span as (
    select stratum, label as grp, 0.0 as entry, time_days as exit, event
    from subject where $timing = 'fixed' and label is not null
    union all
    select stratum, if(response_time is null, 'non-responder', 'responder'), 0.0, time_days, event
    from subject where $timing = 'ever'
    union all
    select
        stratum, if(response_time <= $landmark_days, 'responder', 'non-responder'), 0.0,
        time_days - $landmark_days, event
    from subject where $timing = 'landmark' and time_days > $landmark_days
    union all
    select
        stratum, 'non-responder', 0.0, least(response_time, time_days),
        event and coalesce(response_time >= time_days, true)
    from subject where $timing = 'time-dependent' and coalesce(response_time > 0, true)
    union all
    select stratum, 'responder', greatest(response_time, 0.0), time_days, event
    from subject where $timing = 'time-dependent' and response_time < time_days
),
moment as (
    select stratum, grp, entry as time, 1 as entering, 0 as events, 0 as censored from span
    union all
    select stratum, grp, exit, 0, event::integer, (not event)::integer from span
)
select
    stratum, grp as "group", time,
    sum(entering)::bigint as entering, sum(events)::bigint as events,
    sum(censored)::bigint as censored
from moment
group by stratum, grp, time
order by stratum, time, grp;

-- Grain: one row per patient and group of a comparison: the span (entry, exit] spent in the group.
-- entry, exit: days on the endpoint's clock (from the landmark when $timing is "landmark");
-- event: it ended the span; a change of group ends one without event (S4 to S6).
-- $group: response, arm, sex, trial or category:NAME; $timing: fixed, ever, landmark or
-- time-dependent, which differ in their spans only. grp is null where the patient has no label.
with subject as (
    select
        c.trial, c.arm, c.sex, c.age_years, o.time_days, o.event,
        case when $timing = 'ever' and response_depth(c.best_response) >= $least_depth
            then coalesce(d.response_day, 0) else d.response_day end
            - elapsed(o.origin_day) + 1 as response_time
    from cohort() c
    join endpoint() o using (patient_key)
    left join response_course() d using (patient_key)
    where $timing <> 'fixed' and list_contains($trials_with_response, c.trial)
)
select
    c.trial, c.arm, c.sex, c.age_years,
    case $group when 'arm' then c.arm when 'sex' then c.sex when 'trial' then c.trial
        else k.level end as grp,
    0.0 as entry, o.time_days as exit, o.event
from cohort() c
join endpoint() o using (patient_key)
left join (
    select patient_key, level from categories()
    where starts_with($group, 'category:') and category = substr($group, 10)
) k using (patient_key)
where $timing = 'fixed'
union all
select
    trial, arm, sex, age_years, if(response_time is null, 'non-responder', 'responder'), 0.0,
    time_days, event
from subject where $timing = 'ever'
union all
select
    trial, arm, sex, age_years, if(response_time <= $landmark_days, 'responder', 'non-responder'),
    0.0, time_days - $landmark_days, event
from subject where $timing = 'landmark' and time_days > $landmark_days
union all
select
    trial, arm, sex, age_years, 'non-responder', 0.0, least(response_time, time_days),
    event and coalesce(response_time >= time_days, true)
from subject where $timing = 'time-dependent' and coalesce(response_time > 0, true)
union all
select trial, arm, sex, age_years, 'responder', greatest(response_time, 0.0), time_days, event
from subject where $timing = 'time-dependent' and response_time < time_days

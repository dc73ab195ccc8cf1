-- Grain: one row per patient and group of a comparison by a state: the span (entry, exit] in the group.
-- entry, exit: days on the endpoint's clock (from the landmark when $timing is "landmark"); event: it
-- ended the span; a change of group ends one without event (S4 to S6). grp: $names[1] of those who have
-- reached the state, $names[2] of the others. The barred and trials outside $state_trials are left out.
with subject as materialized (
    select
        r.patient_key, c.trial, c.arm, c.sex, c.age_years, o.time_days, o.event,
        1 - elapsed(o.origin_day) as shift, r.turns,
        r.turns[1]['day'] + 1 - elapsed(o.origin_day) as first_at
    from course() r
    join named_patients() c using (patient_key)
    join endpoint() o using (patient_key)
    where r.barred is null and list_contains($state_trials, c.trial)
),
-- Where the state can be left ($may_end), by all its turns. What happened by the start of the clock
-- counts as the state at its start.
turn as (
    select
        patient_key, time_days, unnest(turns)['day'] + shift as time,
        unnest(turns)['reached'] as reached
    from subject where $may_end
    union all
    select patient_key, time_days, '-infinity'::double, false from subject where $may_end
),
fixed as (
    select
        patient_key,
        if($timing = 'ever', bool_or(reached), arg_max(reached, time)
            filter (time <= $landmark_days)) as reached
    from turn where $timing <> 'time-dependent' group by patient_key
),
started as (
    select patient_key, greatest(time, 0.0) as entry, arg_max(reached, time) as reached
    from turn where $timing = 'time-dependent' and time < time_days
    group by all
),
followed as (
    select *, lead(entry) over (partition by patient_key order by entry) as left_at from started
)
select
    trial, arm, sex, age_years, if(reached, $names[1], $names[2]) as grp, 0.0 as entry,
    if($timing = 'ever', time_days, time_days - $landmark_days) as exit, event
from subject join fixed using (patient_key)
where $timing = 'ever' or time_days > $landmark_days
union all
select
    trial, arm, sex, age_years, if(reached, $names[1], $names[2]), entry,
    coalesce(left_at, time_days), event and left_at is null
from subject join followed using (patient_key)
union all
-- Where it stays, its first day tells everything, and is faster.
select
    trial, arm, sex, age_years, if(first_at is null, $names[2], $names[1]), 0.0, time_days, event
from subject where not $may_end and $timing = 'ever'
union all
select
    trial, arm, sex, age_years, if(first_at <= $landmark_days, $names[1], $names[2]), 0.0,
    time_days - $landmark_days, event
from subject where not $may_end and $timing = 'landmark' and time_days > $landmark_days
union all
select
    trial, arm, sex, age_years, $names[2], 0.0, least(first_at, time_days),
    event and coalesce(first_at >= time_days, true)
from subject
where not $may_end and $timing = 'time-dependent' and coalesce(first_at > 0, true)
union all
select trial, arm, sex, age_years, $names[1], greatest(first_at, 0.0), time_days, event
from subject where not $may_end and $timing = 'time-dependent' and first_at < time_days

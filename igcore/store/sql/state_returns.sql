-- Grain: one row per trial, arm, sex, age group, group and time at which somebody enters a group of
-- state_spans.sql again; for states that can be left, counted from their day on.
-- Who leaves and returns has several spans but is one patient of the group. The state alternates,
-- so after a day the first change leads to the other group and every further one back to a group.
-- returning: entries of patients who had been in the group since the start; returning_later: of
-- those, since the landmark. arm, sex, age_group: null where unknown.
with turn as (
    select
        c.trial, c.arm, c.sex,
        case when c.age_years < 65 then 'under 65' when c.age_years < 75 then '65 to 74'
            when c.age_years is not null then '75 and over' end as age_group,
        o.time_days,
        unnest(r.turns)['day'] + 1 - elapsed(o.origin_day) as time,
        unnest(r.turns)['reached'] as reached, r.patient_key
    from course() r
    join named_patients() c using (patient_key)
    join endpoint() o using (patient_key)
    where r.barred is null and list_contains($state_trials, c.trial)
),
numbered as (
    select
        *, row_number() over (partition by patient_key, time > $landmark_days order by time)
            as since_landmark,
        row_number() over (partition by patient_key order by time) as since_start
    from turn where time > 0 and time < time_days
)
select
    trial, arm, sex, age_group, if(reached, $names[1], $names[2]) as "group", time,
    count(*) as returning,
    count(*) filter (where time > $landmark_days and since_landmark > 1) as returning_later
from numbered where since_start > 1
group by all
order by all;

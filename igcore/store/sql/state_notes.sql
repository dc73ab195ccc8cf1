-- Grain: one row per trial and reason for having no group: who is in a comparison by a state.
-- barred: null for patients of the groups; n: patients with the endpoint in trials that serve; unseen:
-- of them those in whom nobody could have seen the state; reached: before event or censoring;
-- left_reached, left_others: event or censoring came by the landmark, of those who had reached the
-- state by then and of the others; later: who reaches it after the landmark and was not in it then.
with subject as (
    select
        r.trial, barred, unseen, time_days,
        list_transform(turns, lambda t: {
            'time': t['day'] + 1 - elapsed(origin_day), 'reached': t['reached']
        }) as turns
    from course() r
    join endpoint() o using (patient_key)
    where list_contains($state_trials, r.trial)
),
told as (
    select
        *, coalesce(turns[1]['time'] <= time_days, false) as early,
        list_filter(turns, lambda t: t['time'] <= $landmark_days) as by_then,
        list_filter(turns, lambda t: t['reached'] and t['time'] > $landmark_days) as after
    from subject
)
select
    trial, barred,
    count(*) as n,
    count(*) filter (where unseen) as unseen,
    count(*) filter (where turns[1]['time'] < time_days) as reached,
    count(*) filter (where time_days <= $landmark_days and early) as left_reached,
    count(*) filter (where time_days <= $landmark_days and not early) as left_others,
    count(*) filter (where not coalesce(by_then[-1]['reached'], false)
        and after[1]['time'] < time_days) as later
from told
group by trial, barred
order by trial, barred;

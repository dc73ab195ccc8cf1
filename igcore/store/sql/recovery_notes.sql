-- Grain: one row: what a reader of a comparison by recovery must know about who is in it.
-- n: patients with the endpoint in trials that measured the isotype; isotype_unknown, involved,
-- replacement_at_baseline, no_baseline: of them left out, by reason; the rest are patients of the
-- groups: without_later has no counted value after the start; left_*: event or censoring by the
-- landmark, recovered by then or not; later_responders recover after it.
with subject as (
    select
        barred, unseen, time_days,
        list_transform(turns, lambda t: {
            'time': t['day'] + 1 - elapsed(origin_day), 'recovered': t['recovered']
        }) as turns
    from recovery_course() r
    join endpoint() o using (patient_key)
    where list_contains($trials_with_values, r.trial)
),
told as (
    select
        *, barred is null as grouped, coalesce(turns[1]['time'] <= time_days, false) as early,
        list_filter(turns, lambda t: t['time'] <= $landmark_days) as by_then,
        list_filter(turns, lambda t: t['recovered'] and t['time'] > $landmark_days) as later
    from subject
)
select
    count(*) as n,
    count(*) filter (where barred = 'isotype_unknown') as isotype_unknown,
    count(*) filter (where barred = 'involved') as involved,
    count(*) filter (where barred = 'replacement_at_baseline') as replacement_at_baseline,
    count(*) filter (where barred = 'no_baseline') as no_baseline,
    count(*) filter (where grouped and unseen) as without_later,
    count(*) filter (where grouped and time_days <= $landmark_days and early) as left_responder,
    count(*) filter (where grouped and time_days <= $landmark_days and not early)
        as left_non_responder,
    count(*) filter (where grouped and not coalesce(by_then[-1]['recovered'], false)
        and later[1]['time'] < time_days) as later_responders
from told;

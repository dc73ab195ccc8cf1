-- Grain: one row per stratum, time and group at which somebody enters or leaves the group.
-- time: days on the endpoint's clock (from the landmark when timing is "landmark");
-- entering, events, censored: patients; leaving for another group counts as censored here (S6);
-- group: null for patients without the label.
with span as (
    select if($stratify = 'trial', trial, '') as stratum, grp, entry, exit, event
    from spans()
),
moment as (
    select stratum, grp, entry as time, count(*) as entering, 0 as events, 0 as censored
    from span group by stratum, grp, entry
    union all
    select stratum, grp, exit, 0, count(*) filter (where event), count(*) filter (where not event)
    from span group by stratum, grp, exit
)
select
    stratum, grp as "group", time,
    sum(entering)::bigint as entering, sum(events)::bigint as events,
    sum(censored)::bigint as censored
from moment
group by stratum, grp, time
order by stratum, time, grp;

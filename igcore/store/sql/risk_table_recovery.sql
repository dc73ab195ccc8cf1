-- Grain: as risk_table.sql, for groups by the recovery of an immunoglobulin.
with span as (
    select if($stratify = 'trial', trial, '') as stratum, grp, entry, exit, event
    from recovery_spans()
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

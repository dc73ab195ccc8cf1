-- Grain: one row per subgroup (kind and label), trial, time and group, as in risk_table.sql.
-- kind: "all" (label empty), "arm", "sex" or "age" (years at the start), of which the one that
-- the groups are made of is left out; patients without a label are in "all" alone.
with span as (
    select * from spans() where grp is not null
),
part as (
    select 'all' as kind, '' as label, trial, grp, entry, exit, event from span
    union all
    select 'arm', arm, trial, grp, entry, exit, event from span
    where $group <> 'arm' and arm is not null
    union all
    select 'sex', sex, trial, grp, entry, exit, event from span
    where $group <> 'sex' and sex is not null
    union all
    select
        'age',
        case when age_years < 65 then 'under 65' when age_years < 75 then '65 to 74'
            else '75 and over' end,
        trial, grp, entry, exit, event
    from span where age_years is not null
),
moment as (
    select
        kind, label, trial, grp, entry as time, count(*) as entering, 0 as events, 0 as censored
    from part group by all
    union all
    select
        kind, label, trial, grp, exit, 0, count(*) filter (where event),
        count(*) filter (where not event)
    from part group by kind, label, trial, grp, exit
)
select
    kind, label, trial as stratum, grp as "group", time,
    sum(entering)::bigint as entering, sum(events)::bigint as events,
    sum(censored)::bigint as censored
from moment
group by all
order by kind, label, stratum, time, "group";

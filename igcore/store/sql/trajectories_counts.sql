-- Grain: one row per analyte: what a reader must know about who is shown. Values are counted
-- where the name says so, patients otherwise. involved, unknown: M-protein may be in the isotype;
-- without_*: left out for lack of it; not_positive: cannot stand on a log scale.
select
    analyte,
    count(distinct patient_key) as measured,
    count(distinct patient_key) filter (where contains = 'involved') as involved,
    count(distinct patient_key) filter (where contains = 'unknown') as unknown,
    count(distinct patient_key) filter (where contains is null and label is null)
        as without_group,
    count(*) filter (where shown and asks_baseline and baseline is null) as without_baseline_values,
    count(*) filter (where shown and (low is null or high is null)) as without_limits_values,
    count(*) filter (where shown and default_limits) as default_limits_values,
    count(*) filter (where shown and y is not null and operator is not null) as bound_values,
    count(*) filter (where shown and replaced) as replaced_values,
    count(*) filter (where shown and y <= 0) as not_positive_values,
    any_value(range_of) filter (where shown and default_limits) as laboratory
from (
    select
        *, contains is null and label is not null as shown,
        $asked['y'] in ('change', 'percent') as asks_baseline
    from trajectories_at($version, $who, $asked, $judged)
)
group by analyte
order by analyte;

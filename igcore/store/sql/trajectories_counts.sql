-- Grain: one row per analyte and group that has anything to draw (part 'panel'), per analyte (part
-- 'told') and one of all (part 'people'): three countings of the same patients.
-- panel: patients and points that can be drawn, without M-protein; grey_points: with it; low_min to
-- high_max: extremes of their limits in the shown unit; ratio_min, ratio_max: upper over lower one.
-- told: patients measured, with the isotype involved, of unknown type, without a group; *_values:
-- values left out, or of a kind that must be told; laboratory: whose range stands in.
-- people: treated patients of the cohort, and those of them who have a value to show.
with seen as (
    select
        *, contains is null and label is not null as own,
        label is not null and y is not null and ($grey or contains is null)
            and (y > 0 or not $positive) and (visit or not $windows)
            and not ($summary and replaced) as drawn
    from trajectories()
),
course as materialized (
    select
        patient_key, analyte, label, contains,
        bool_or(own and y is not null) as shown,
        count(*) filter (where drawn) as points,
        min(low) filter (where drawn) as low_min, max(low) filter (where drawn) as low_max,
        min(high) filter (where drawn) as high_min, max(high) filter (where drawn) as high_max,
        min(high / nullif(low, 0)) filter (where drawn) as ratio_min,
        max(high / nullif(low, 0)) filter (where drawn) as ratio_max,
        count(*) filter (where own and baseline is null) as without_baseline_values,
        count(*) filter (where own and (low is null or high is null)) as without_limits_values,
        count(*) filter (where own and default_limits) as default_limits_values,
        count(*) filter (where own and y is not null and operator is not null) as bound_values,
        count(*) filter (where own and replaced) as replaced_values,
        count(*) filter (where own and y <= 0) as not_positive_values,
        max(range_of) filter (where own and default_limits) as laboratory
    from seen
    group by patient_key, analyte, label, contains
)
select
    'panel' as part, analyte, label as "group",
    count(*) filter (where contains is null) as patients,
    sum(points) filter (where contains is null) as points,
    coalesce(sum(points) filter (where contains is not null), 0) as grey_points,
    min(low_min) as low_min, max(low_max) as low_max,
    min(high_min) as high_min, max(high_max) as high_max,
    min(ratio_min) as ratio_min, max(ratio_max) as ratio_max
from course where points > 0
group by analyte, label
union all by name
select
    'told' as part, analyte,
    count(*) as measured,
    count(*) filter (where contains = 'involved') as involved,
    count(*) filter (where contains = 'unknown') as unknown,
    count(*) filter (where contains is null and label is null) as without_group,
    if($asked['y'] in ('change', 'percent'), sum(without_baseline_values), 0)
        as without_baseline_values,
    sum(without_limits_values) as without_limits_values,
    sum(default_limits_values) as default_limits_values,
    sum(bound_values) as bound_values,
    sum(replaced_values) as replaced_values,
    sum(not_positive_values) as not_positive_values,
    max(laboratory) as laboratory
from course
group by analyte
union all by name
select
    'people' as part, (select count(*) from cohort()) as treated,
    count(distinct patient_key) filter (where shown) as shown
from course
order by part, analyte, "group";

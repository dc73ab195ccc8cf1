-- Grain: one row per analyte and group that has anything to show.
-- patients, points: those that can be drawn, without M-protein; low_min to high_max: extremes of
-- their limits in the shown unit; ratio_min, ratio_max: of the upper limit over the lower one.
select
    analyte, label as "group",
    count(distinct patient_key) filter (where contains is null) as patients,
    count(*) filter (where contains is null) as points,
    count(*) filter (where contains is not null) as grey_points,
    min(low) as low_min, max(low) as low_max, min(high) as high_min, max(high) as high_max,
    min(high / nullif(low, 0)) as ratio_min, max(high / nullif(low, 0)) as ratio_max
from trajectories_at($version, $who, $asked, $judged)
where label is not null and y is not null and ($grey or contains is null)
  and (y > 0 or not $positive) and (visit or not $windows)
  and not ($summary and replaced)
group by all
order by analyte, "group";

-- Grain: one row per drawn value. Patients are drawn in the order of trajectories_order, as long as
-- all values together are at most $points. month: months from first treatment, or the visit where
-- $windows; day: study day; level, low, high: in the shown unit; y: as asked; found: values that
-- could be drawn of all patients asked for.
with shown as materialized (
    select * from trajectories()
    where label is not null and y is not null
      and ($grey or contains is null) and (visit or not $windows) and (y > 0 or not $positive)
),
person as (select patient_key, count(*) as n from shown group by patient_key),
drawn as (
    select
        patient_key,
        sum(n) over (order by md5(patient_key::varchar), patient_key) as through,
        sum(n) over () as found
    from person
)
select
    patient_key, analyte, label as "group",
    if($windows, month, elapsed / days_per_month()) as month, day, y, level, operator, low, high,
    contains, replaced, verdict, found
from shown join (from drawn where through <= $points) using (patient_key)
order by analyte, "group", patient_key, elapsed, time;

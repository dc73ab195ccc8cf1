-- Grain: one row: treated patients of the cohort, and those of them who have a value to show.
select
    (select count(*) from cohort_at($version, $who)) as treated,
    count(distinct patient_key) as shown
from trajectories_at($version, $who, $asked, $judged)
where label is not null and y is not null and contains is null;

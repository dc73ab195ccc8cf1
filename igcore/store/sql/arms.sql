-- Grain: one row per trial and planned arm. n: patients.
select trial, arm, count(*) as n from patients_at($version)
where arm is not null group by trial, arm order by trial, arm;

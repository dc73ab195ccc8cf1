-- Grain: one row per trial, kind of group (arm, sex) and label. n: patients.
select trial, 'arm' as kind, arm as label, count(*) as n from patients_at($version)
where arm is not null group by trial, arm
union all
select trial, 'sex', sex, count(*) from patients_at($version)
where sex is not null group by trial, sex
order by trial, kind, label;

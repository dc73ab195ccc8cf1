-- Grain: one row per trial, kind of group (arm, sex, category:NAME) and label. n: patients.
select trial, 'arm' as kind, arm as label, count(*) as n from named_patients()
where arm is not null group by trial, arm
union all
select trial, 'sex', sex, count(*) from named_patients()
where sex is not null group by trial, sex
union all
select trial, 'category:' || category, level, count(*) from named_categories()
group by trial, category, level
order by trial, kind, label;

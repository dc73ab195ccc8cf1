-- Grain: one row per patient with the endpoint: the span (entry, exit] in the group of a label.
-- entry, exit: days on the endpoint's clock; event: it ended the span.
-- $group: arm, sex, trial or category:NAME. grp is null where the patient has no label.
select
    c.trial, c.arm, c.sex, c.age_years,
    case $group when 'arm' then c.arm when 'sex' then c.sex when 'trial' then c.trial
        else k.level end as grp,
    0.0 as entry, o.time_days as exit, o.event
from cohort() c
join endpoint() o using (patient_key)
left join (
    select patient_key, level from categories()
    where starts_with($group, 'category:') and category = substr($group, 10)
) k using (patient_key)

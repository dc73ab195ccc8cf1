-- Grain: one row per trial of the cohort: was the isotype measured?
-- measured: patients with a mass concentration of it.
select c.trial, count(*) as n, count(m.patient_key) as measured
from cohort() c
left join (
    select distinct patient_key from measurements()
    where analyte = $isotype and value_g_per_l is not null
) m using (patient_key)
group by c.trial
order by c.trial;

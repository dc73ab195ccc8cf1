-- Grain: one row per trial of the cohort: does it have response records?
-- dated: patients with a dated response; undated: patients with best_response alone.
select
    c.trial,
    count(*) as n,
    count(d.patient_key) as dated,
    count(*) filter (where c.best_response is not null) as undated
from cohort() c
left join (select distinct patient_key from responses()) d using (patient_key)
group by c.trial
order by c.trial;

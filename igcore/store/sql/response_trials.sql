-- Grain: one row per trial of the cohort: does it have response records?
-- dated: patients with a dated response; undated: patients with best_response alone.
select
    c.trial,
    count(*) as n,
    count(*) filter (where exists (
        select 1 from responses_at($version) r where r.patient_key = c.patient_key)) as dated,
    count(*) filter (where c.best_response is not null) as undated
from cohort_at($version, $who) c
group by c.trial
order by c.trial;

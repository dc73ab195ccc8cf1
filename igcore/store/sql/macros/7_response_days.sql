-- One row per patient of the cohort who responded: day of the first response at or above the rule,
-- on or before the first PD and before the first next therapy (S2). response_day: elapsed days.
create or replace macro response_days_at(v, who, least_depth) as table
with bound as (
    select
        c.patient_key,
        (select min(elapsed(r.day)) from responses_at(v) r
         where r.patient_key = c.patient_key and r.response = 'PD') as first_pd,
        (select min(elapsed(t.start_day)) from therapies_at(v) t
         where t.patient_key = c.patient_key and t.kind = 'next therapy') as next_therapy
    from cohort_at(v, who) c
)
select patient_key, min(elapsed(r.day)) as response_day
from bound join responses_at(v) r using (patient_key)
where response_depth(r.response) >= least_depth
  and (first_pd is null or elapsed(r.day) <= first_pd)
  and (next_therapy is null or elapsed(r.day) < next_therapy)
group by patient_key;

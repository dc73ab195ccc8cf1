-- One row per patient with a next therapy. next_therapy: elapsed day of the first one.
create or replace macro next_therapies_at(v) as table
select patient_key, min(elapsed(start_day)) as next_therapy
from therapies_of(v) where kind = 'next therapy' group by patient_key;

-- One row per patient with a response on or before the first PD and before the first next therapy.
-- depth: of the best one, null where all of them are NE.
create or replace macro best_depth_at(v) as table
with dated as (
    select
        patient_key, elapsed(day) as day, response_depth(response) as depth,
        min(elapsed(day)) filter (where response = 'PD') over (partition by patient_key) as first_pd
    from responses_of(v)
)
select patient_key, max(depth) as depth
from dated left join next_therapies_at(v) using (patient_key)
where coalesce(day <= first_pd, true) and coalesce(day < next_therapy, true)
group by patient_key;

-- One row per patient of the pool with response records, of version v.
-- response_day: first response at or above the rule, on or before the first PD and before the first
-- next therapy, else null (S2); first_response: first MR or better; both in elapsed days.
create or replace macro response_course_at(v, least_depth) as table
with seen as (
    select
        patient_key,
        min(elapsed(day)) filter (where response_depth(response) >= least_depth) as first_day,
        min(elapsed(day)) filter (where response_depth(response) >= 2) as first_response,
        min(elapsed(day)) filter (where response = 'PD') as first_pd
    from responses_of(v) group by patient_key
)
select
    patient_key, first_response,
    case when (first_pd is null or first_day <= first_pd)
        and (next_therapy is null or first_day < next_therapy) then first_day end as response_day
from seen left join next_therapies_at(v) using (patient_key);

-- One row per patient of the cohort who responded by the rule. response_day: elapsed days.
create or replace macro response_days_at(v, who, least_depth) as table
select patient_key, r.response_day
from response_course_at(v, least_depth) r semi join cohort_at(v, who) c using (patient_key)
where r.response_day is not null;

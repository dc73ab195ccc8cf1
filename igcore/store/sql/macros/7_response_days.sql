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
),
therapy as (
    select patient_key, min(elapsed(start_day)) as next_therapy
    from therapies_of(v) where kind = 'next therapy' group by patient_key
)
select
    patient_key, first_response,
    case when (first_pd is null or first_day <= first_pd)
        and (next_therapy is null or first_day < next_therapy) then first_day end as response_day
from seen left join therapy using (patient_key);

-- One row per patient of the cohort who responded by the rule. response_day: elapsed days.
create or replace macro response_days_at(v, who, least_depth) as table
select patient_key, r.response_day
from response_course_at(v, least_depth) r semi join cohort_at(v, who) c using (patient_key)
where r.response_day is not null;

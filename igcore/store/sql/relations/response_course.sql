-- Grain: one row per patient of the pool with response records.
-- response_day: first response at or above the rule, on or before the first PD and before the first
-- next therapy, else null (S2); first_response: first MR or better; both in elapsed days.
with seen as (
    select
        patient_key,
        min(elapsed(day)) filter (where response_depth(response) >= $least_depth) as first_day,
        min(elapsed(day)) filter (where response_depth(response) >= 2) as first_response,
        min(elapsed(day)) filter (where response = 'PD') as first_pd
    from responses() group by patient_key
)
select
    patient_key, first_response,
    case when (first_pd is null or first_day <= first_pd)
        and (next_therapy is null or first_day < next_therapy) then first_day end as response_day
from seen left join next_therapies() using (patient_key)

-- Grain: one row per patient of this upload with a dated response, in it or in the pool.
-- best: deepest response (response_depth); responded, relapsed: elapsed day of the first PR or
-- better, and of the first PD.
create or replace temp table doubt_response as
with said as (
    select trial, patient, day, response from said_responses
    union all
    select trial, patient, day, response from named_responses()
)
select
    trial, patient,
    max(response_depth(response)) as best,
    min(elapsed(day)) filter (response_depth(response) >= 3) as responded,
    min(elapsed(day)) filter (response = 'PD') as relapsed
from said join doubt_patient using (trial, patient)
where day is not null
group by trial, patient

-- Grain: one row: what a reader of a comparison must know about who is in it.
-- n: patients with the endpoint; the rest are patients among them unless said otherwise.
-- starts_at_response: the clock starts on the day of the patient's first response (MR or better).
with subject as (
    select
        c.*, o.time_days, elapsed(coalesce(o.origin_day, 1)) as origin, d.response_day,
        d.response_day - elapsed(coalesce(o.origin_day, 1)) + 1 as response_time,
        (select min(elapsed(r.day)) from responses_at($version) r
         where r.patient_key = c.patient_key and response_depth(r.response) >= 2) as first_response,
        exists (select 1 from responses_at($version) r where r.patient_key = c.patient_key)
            as assessed
    from cohort_at($version, $who) c
    join outcomes_at($version) o using (patient_key)
    left join response_days_at($version, $who, $least_depth) d using (patient_key)
    where o.endpoint = $endpoint
)
select
    count(*) as n,
    count(*) filter (where arm is null) as without_arm,
    count(*) filter (where sex is null) as without_sex,
    count(*) filter (where list_contains($trials_with_response, trial) and not assessed)
        as without_response_record,
    count(*) filter (where response_time <= time_days) as responders,
    count(*) filter (where list_contains($trials_with_response, trial)
        and time_days <= $landmark_days and response_time <= time_days) as left_responder,
    count(*) filter (where list_contains($trials_with_response, trial)
        and time_days <= $landmark_days and coalesce(response_time > time_days, true))
        as left_non_responder,
    count(*) filter (where response_time > $landmark_days and response_time < time_days)
        as later_responders,
    count(*) filter (where origin > 0 and origin = first_response) as starts_at_response,
    count(*) filter (where origin > 0) as starts_later
from subject;

-- Grain: one row: what a reader of a comparison by response must know about who is in it.
-- n: patients with the endpoint; the rest are patients among them unless said otherwise.
-- starts_at_response: the clock starts on the day of the patient's first response (MR or better).
with subject as (
    select
        o.time_days, elapsed(coalesce(o.origin_day, 1)) as origin,
        d.response_day - elapsed(coalesce(o.origin_day, 1)) + 1 as response_time,
        d.first_response, d.patient_key is not null as assessed,
        list_contains($trials_with_response, c.trial) as usable
    from cohort_at($version, $who) c
    join outcomes_of($version) o using (patient_key)
    left join response_course_at($version, $least_depth) d using (patient_key)
    where o.endpoint = $endpoint
)
select
    count(*) as n,
    count(*) filter (where usable and not assessed) as without_response_record,
    count(*) filter (where usable and time_days <= $landmark_days and response_time <= time_days)
        as left_responder,
    count(*) filter (where usable and time_days <= $landmark_days
        and coalesce(response_time > time_days, true)) as left_non_responder,
    count(*) filter (where response_time > $landmark_days and response_time < time_days)
        as later_responders,
    count(*) filter (where origin > 0 and origin = first_response) as starts_at_response
from subject;

-- Grain: one row per trial of the cohort: what a comparison by response must know about who is in it.
-- patients: all; dated: those with a dated response; undated: those with best_response; the rest
-- are patients with the endpoint (n of them) unless said otherwise. left_*: event or censoring came
-- by the landmark. responders: responded before event or censoring. starts_at_response: the clock starts on the day of the patient's first response
-- (MR or better).
with subject as (
    select
        c.trial, c.best_response, o.time_days, elapsed(o.origin_day) as origin,
        d.response_day - elapsed(o.origin_day) + 1 as response_time,
        d.first_response, d.patient_key is not null as assessed,
        o.patient_key is not null as followed
    from cohort() c
    left join endpoint() o using (patient_key)
    left join response_course() d using (patient_key)
)
select
    trial,
    count(*) as patients,
    count(*) filter (where assessed) as dated,
    count(best_response) as undated,
    count(*) filter (where followed) as n,
    count(*) filter (where followed and not assessed) as without_response_record,
    count(*) filter (where response_time < time_days) as responders,
    count(*) filter (where time_days <= $landmark_days and response_time <= time_days)
        as left_responder,
    count(*) filter (where time_days <= $landmark_days
        and coalesce(response_time > time_days, true)) as left_non_responder,
    count(*) filter (where response_time > $landmark_days and response_time < time_days)
        as later_responders,
    count(*) filter (where origin > 0 and origin = first_response) as starts_at_response
from subject
group by trial
order by trial;

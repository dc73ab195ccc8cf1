-- Grain: one row per analyte, trial, group, whether the patient stays to the landmark, and time.
-- Patients: assessable and low at baseline. time: days of leaving on the clock of survival's times
-- (day 1 is 1), so that a landmark means the same day on both pages; events: patients whose
-- second sample in a row rises and is in range then; competing: observation ended first
-- (progression, transplant, next therapy, end of treatment, death); censored: last counted sample.
with died as (
    select patient_key, min(elapsed(coalesce(origin_day, 1)) + time_days - 1) as day
    from outcomes() where endpoint = 'OS' and event group by patient_key
),
course as (
    select
        v.analyte, v.trial, v.patient_key,
        case when v.improved then elapsed(v.f_day) end as event_day,
        nullif(least(o.end_day, coalesce(d.day, 'infinity'::double)), 'infinity'::double)
            as end_day,
        elapsed(v.f_day) as last_sample,
        if(coalesce(r.response_day + 1 <= $landmark_days, false), 'responder', 'non-responder')
            as "group"
    from verdicts() v
    join observation() o using (patient_key)
    left join died d using (patient_key)
    left join response_days() r using (patient_key)
    where v.assessable and v.baseline_class = 'low'
      and list_contains($trials_with_response, v.trial)
),
left_at as (
    select *, greatest(coalesce(event_day, end_day, last_sample, 0), 0) + 1 as time from course
)
select
    analyte, trial, "group", time > $landmark_days as stays, time,
    count(event_day) as events,
    count(*) filter (where event_day is null and end_day is not null) as competing,
    count(*) filter (where event_day is null and end_day is null) as censored
from left_at
group by all
order by all;

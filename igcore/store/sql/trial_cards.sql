-- Grain: one row per trial of the cohort. patients, measurements, with_response: counts;
-- follow_up_months: longest time of any endpoint in months; all of the cohort's
-- patients alone.
with who as materialized (
    select patient_key, trial from cohort()
),
people as (
    select trial, count(*) as patients from who group by trial
),
measured as (
    select
        trial, count(*) as measurements,
        string_agg(distinct analyte, ', ' order by analyte) as analytes
    from measurements() join who using (patient_key) group by trial
),
responded as (
    select trial, count(*) as with_response
    from who semi join responses() using (patient_key) group by trial
),
ended as (
    select
        trial, max(time_days) / days_per_month() as follow_up_months,
        string_agg(distinct endpoint, ', ' order by endpoint) as endpoints
    from outcomes() join who using (patient_key) group by trial
)
select
    t.trial, t.title, t.cutoff, t.simulated, t.no_m_protein, p.patients,
    coalesce(m.measurements, 0) as measurements, coalesce(r.with_response, 0) as with_response,
    e.follow_up_months, m.analytes, e.endpoints
from people p
join trials() t using (trial)
left join measured m using (trial)
left join responded r using (trial)
left join ended e using (trial)
order by t.trial;

-- Grain: one row per trial of the version. patients, with_response, with_outcomes, measurements:
-- counts; follow_up_months: median over the patients with outcomes of their longest time_days, in
-- months; uploads: numbers of those with rows in force, as text.
with longest as (
    select trial, patient_key, max(time_days) / days_per_month() as months
    from named_outcomes() group by trial, patient_key
),
follow_up as (
    select trial, count(*) as with_outcomes, median(months) as follow_up_months
    from longest group by trial
),
measured as (
    select trial, count(*) as measurements from named_measurements() group by trial
),
responded as (
    select trial, count(distinct patient_key) as with_response
    from named_responses() group by trial
),
held as (
    select trial, array_to_string(list_sort(list(distinct upload)), ', ') as uploads
    from (
        select trial, upload from named_patients()
        union select trial, upload from named_measurements()
        union select trial, upload from named_responses()
        union select trial, upload from named_outcomes()
        union select trial, upload from named_therapies()
        union select trial, upload from named_infections()
        union select trial, upload from named_categories()
    ) group by trial
)
select
    t.trial, t.title, t.cutoff, t.simulated, t.no_m_protein, t.laboratory,
    (select count(*) from named_patients() p where p.trial = t.trial) as patients,
    coalesce(r.with_response, 0) as with_response,
    coalesce(f.with_outcomes, 0) as with_outcomes, f.follow_up_months,
    coalesce(m.measurements, 0) as measurements, h.uploads
from trials() t
left join follow_up f using (trial)
left join measured m using (trial)
left join responded r using (trial)
left join held h using (trial)
order by t.trial;

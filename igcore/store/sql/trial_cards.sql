-- Grain: one row per trial of the cohort. patients, measurements, with_response: counts;
-- follow_up_months: longest time of any endpoint in months of 30.4375 days.
select
    t.trial, t.title, t.cutoff, t.simulated, t.no_m_protein,
    count(*) as patients,
    (select count(*) from measurements_at($version) m where m.trial = t.trial) as measurements,
    count(*) filter (where exists (
        select 1 from responses_at($version) r where r.patient_key = c.patient_key))
        as with_response,
    (select max(o.time_days) / 30.4375 from outcomes_at($version) o where o.trial = t.trial)
        as follow_up_months,
    (select string_agg(distinct m.analyte, ', ' order by m.analyte)
     from measurements_at($version) m where m.trial = t.trial) as analytes,
    (select string_agg(distinct o.endpoint, ', ' order by o.endpoint)
     from outcomes_at($version) o where o.trial = t.trial) as endpoints
from cohort_at($version, $who) c join trials_at($version) t using (trial)
group by t.trial, t.title, t.cutoff, t.simulated, t.no_m_protein
order by t.trial;

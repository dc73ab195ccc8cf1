-- One row per patient of the cohort: until when immunoglobulin values count (R3).
-- last_day, before_day: elapsed days; null where nothing ends the observation.
create or replace macro observation_at(v, who) as table
select
    c.patient_key,
    least(
        elapsed(c.treatment_end_day) + 30,
        (select min(elapsed(r.day)) from responses_at(v) r
         where r.patient_key = c.patient_key and r.response = 'PD'),
        (select min(elapsed(coalesce(o.origin_day, 1)) + o.time_days - 1) from outcomes_at(v) o
         where o.patient_key = c.patient_key and o.endpoint = 'PFS' and o.event),
        (select min(elapsed(t.start_day)) from therapies_at(v) t
         where t.patient_key = c.patient_key and t.kind = 'transplant')
    ) as last_day,
    (select min(elapsed(t.start_day)) from therapies_at(v) t
     where t.patient_key = c.patient_key and t.kind = 'next therapy') as before_day
from cohort_at(v, who) c;

-- Grain: one row: does the endpoint's clock start on the day of the response?
-- n: patients with the endpoint; starts: of them those whose clock starts on the day of their first
-- response (MR or better), after the first day.
select
    count(*) as n,
    count(*) filter (
        where elapsed(o.origin_day) > 0 and elapsed(o.origin_day) = d.first_response
    ) as starts
from cohort() c
join endpoint() o using (patient_key)
left join response_course() d using (patient_key);

-- Grain: one row: does the endpoint's clock start on the day of the response?
-- n: patients with the endpoint; starts: of them those whose clock starts on the day of their first
-- response (MR or better), after the first day. Only of clocks that start late is the response looked up.
with subject as (
    select patient_key, elapsed(o.origin_day) as origin
    from endpoint() o semi join cohort() c using (patient_key)
),
late as (
    select * from subject where origin > 0
),
responded as (
    select patient_key, min(elapsed(day)) filter (where response_depth(response) >= 2) as first_response
    from responses() semi join late using (patient_key)
    group by patient_key
)
select
    (select count(*) from subject) as n,
    (select count(*) from late join responded using (patient_key) where origin = first_response)
        as starts;

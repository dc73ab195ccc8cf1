-- Grain: one row per patient of the cohort: when the response was reached (S2); as every state_*.sql.
-- turns: elapsed days on which the state changes, in order, reached true and false in turn; null where
-- it never does. barred: why the patient belongs to no group, null for those who do. unseen: nobody
-- could have seen the state. "Ever" counts a best response without a date as well.
select
    c.patient_key, c.trial,
    case
        when d.response_day is not null then [{'day': d.response_day, 'reached': true}]
        when $timing = 'ever' and response_depth(c.best_response) >= $least_depth
            then [{'day': 0.0::double, 'reached': true}]
    end as turns,
    null::varchar as barred,
    d.patient_key is null as unseen
from cohort() c left join response_course() d using (patient_key)

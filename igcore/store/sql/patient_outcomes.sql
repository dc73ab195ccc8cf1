-- Grain: one row per endpoint of the patient. time_days: days from origin_day (study day);
-- day: study day of the event or the censoring.
with timed as (
    select
        endpoint, time_days, event, coalesce(origin_day, 1) as origin_day,
        elapsed(coalesce(origin_day, 1)) + time_days - 1 as ended
    from named_outcomes() where patient_key = $patient_key
)
select endpoint, time_days, event, origin_day, if(ended >= 0, ended + 1, ended) as day
from timed order by endpoint;

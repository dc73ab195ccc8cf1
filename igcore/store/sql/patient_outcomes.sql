-- Grain: one row per endpoint of the patient. time_days: days from origin_day (study day).
select endpoint, time_days, event, coalesce(origin_day, 1) as origin_day
from outcomes_at($version) where patient_key = $patient_key order by endpoint;

-- Grain: one row per patient with the endpoint: time_days and event from origin_day, as uploaded, or made
-- from dates where the endpoint's name says so.
select patient_key, coalesce(origin_day, 1) as origin_day, time_days, event
from outcomes() where endpoint = $endpoint
union all
select patient_key, origin_day, time_days, event from dated_pfs()

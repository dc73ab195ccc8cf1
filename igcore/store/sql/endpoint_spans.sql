-- Grain: one row per trial and endpoint. longest_days: longest time_days (days).
select trial, endpoint, count(*) as n, max(time_days) as longest_days
from named_outcomes() group by trial, endpoint order by trial, endpoint;

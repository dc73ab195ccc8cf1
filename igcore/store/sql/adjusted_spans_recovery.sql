-- Grain: as adjusted_spans.sql, for groups by the recovery of an immunoglobulin.
select trial, arm, sex, age_years, grp as "group", entry, exit, event
from recovery_spans()
order by all;

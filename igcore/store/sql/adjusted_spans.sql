-- Grain: one row per patient and group of a comparison: the span (entry, exit] in days, see state_spans.sql.
-- event: it ended the span; group, arm, sex, age_years: null where unknown.
select trial, arm, sex, age_years, grp as "group", entry, exit, event
from spans()
order by all;

-- Grain: one row per patient and group of a comparison: the span (entry, exit] in days, see spans_at.
-- event: it ended the span; group, arm, sex, age_years: null where unknown.
select trial, arm, sex, age_years, grp as "group", entry, exit, event
from spans_at(
    $version, $who, $endpoint, $assessed_every, $group, $timing, $least_depth,
    $landmark_days, $trials_with_response
)
order by all;

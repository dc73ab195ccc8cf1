-- Grain: as adjusted_spans.sql, for groups by the recovery of an immunoglobulin.
select trial, arm, sex, age_years, grp as "group", entry, exit, event
from recovery_spans_at(
    $version, $who, $endpoint, $assessed_every, $timing, $landmark_days, $rule, $can_be_left,
    $trials_with_values
)
order by all;

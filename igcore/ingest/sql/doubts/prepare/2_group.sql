-- Grain: one row per trial, patient, analyte and unit of this upload.
-- n: rows; lowest, highest: g/L, with operators; least, most: g/L, of the `alone` rows without one;
-- timed: rows with a time; limited: rows with a limit; far_below, far_above: a value ten times
-- beyond its limit; far_off: fifty times; *_ord: the first such row.
create or replace temp table doubt_group as
select
    trial, patient, analyte, unit,
    count(*) as n,
    min(value * factor) as lowest,
    max(value * factor) as highest,
    min(value * factor) filter (operator is null) as least,
    max(value * factor) filter (operator is null) as most,
    count(*) filter (operator is null) as alone,
    count(time) as timed,
    min(day) as first_day,
    max(day) as last_day,
    min(ord) as first_ord,
    count(*) filter (low is null or high is null) as unlimited,
    min(ord) filter (low is null or high is null) as unlimited_ord,
    count(*) filter (low > 0 or high > 0) as limited,
    count(*) filter (low > 0 and value < low / 10) as far_below,
    count(*) filter (high > 0 and value > high * 10) as far_above,
    count(*) filter (
        (low > 0 and value < low / 50 and operator is null) or (high > 0 and value > high * 50)
    ) as far_off
from said_measurements
where value is not null and day is not null
group by trial, patient, analyte, unit

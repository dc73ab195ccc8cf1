-- Grain: one row per trial, analyte and unit of this upload; sums of doubt_group, its first rows.
-- foreign_limits: the limits of nearly all rows lie ten times off, as in another unit.
create or replace temp table doubt_analyte as
select
    trial, analyte, unit, sum(n) as n,
    min(first_ord) as first_ord, arg_min(patient, first_ord) as first_patient,
    sum(unlimited) as unlimited,
    min(unlimited_ord) as unlimited_ord, arg_min(patient, unlimited_ord) as unlimited_patient,
    sum(limited) as limited,
    sum(limited) >= 3
        and greatest(sum(far_below), sum(far_above)) >= 0.9 * sum(limited) as foreign_limits
from doubt_group group by trial, analyte, unit

-- Grain: one row per analyte, group and visit (month from first treatment, 0 is the baseline).
-- n: patients; median, q1, q3: of y, quartiles by linear interpolation (R's type 7);
-- log_n, log_mean, log_sd: of the natural logarithm of the values above 0.
-- Equal values are counted first: the quantiles of all of them at once do not fit the memory of a
-- large pool, and counts can be put aside on the disk.
with counted as (
    select analyte, label, month, y, count(*) as c
    from trajectories()
    where visit and label is not null and y is not null and contains is null and not replaced
    group by analyte, label, month, y
),
placed as (
    select
        analyte, label, month, y, c,
        sum(c) over (partition by analyte, label, month order by y) as through,
        sum(c) over (partition by analyte, label, month) as n,
        sum(c * ln(if(y > 0, y, null))) over (partition by analyte, label, month)
            / sum(if(y > 0, c, null)) over (partition by analyte, label, month) as log_mean
    from counted
),
-- at_*: how many values lie below the quantile, with the part that interpolates.
visits as (
    select
        analyte, label, month, any_value(n) as n, any_value(log_mean) as log_mean,
        (any_value(n) - 1) * 0.25 as at_q1, (any_value(n) - 1) * 0.5 as at_median,
        (any_value(n) - 1) * 0.75 as at_q3,
        coalesce(sum(c) filter (where y > 0), 0) as log_n,
        sqrt(sum(c * (ln(if(y > 0, y, null)) - log_mean) ** 2)
            / nullif(sum(c) filter (where y > 0) - 1, 0)) as log_sd
    from placed
    group by analyte, label, month
),
quantiles as (
    select
        analyte, label, month,
        min(y) filter (where through > floor(at_q1)) as q1_low,
        min(y) filter (where through > ceil(at_q1)) as q1_high,
        min(y) filter (where through > floor(at_median)) as median_low,
        min(y) filter (where through > ceil(at_median)) as median_high,
        min(y) filter (where through > floor(at_q3)) as q3_low,
        min(y) filter (where through > ceil(at_q3)) as q3_high
    from placed join visits using (analyte, label, month)
    group by analyte, label, month
)
select
    analyte, label as "group", month, n::bigint as n,
    median_low + (at_median - floor(at_median)) * (median_high - median_low) as median,
    q1_low + (at_q1 - floor(at_q1)) * (q1_high - q1_low) as q1,
    q3_low + (at_q3 - floor(at_q3)) * (q3_high - q3_low) as q3,
    log_n::bigint as log_n, log_mean, log_sd
from visits join quantiles using (analyte, label, month)
order by analyte, "group", month;

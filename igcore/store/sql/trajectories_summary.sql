-- Grain: one row per analyte, group and visit (month from first treatment, 0 is the baseline).
-- n: patients; median, q1, q3: of y, quartiles by linear interpolation (R's type 7);
-- log_n, log_mean, log_sd: of the natural logarithm of the values above 0.
select
    analyte, label as "group", month, count(*) as n,
    quantile_cont(y, 0.5) as median, quantile_cont(y, 0.25) as q1, quantile_cont(y, 0.75) as q3,
    count(*) filter (where y > 0) as log_n,
    avg(ln(y)) filter (where y > 0) as log_mean,
    stddev_samp(ln(y)) filter (where y > 0) as log_sd
from trajectories_at($version, $who, $asked, $judged)
where visit and label is not null and y is not null and contains is null and not replaced
group by all
order by analyte, "group", month;

-- Grain: one row per analyte, trial, baseline class and final class of the assessable patients.
-- classes: low, normal, high, missing; n: patients. Cells without "missing" sum to the evaluable.
select
    analyte, trial,
    coalesce(baseline_class, 'missing') as baseline_class,
    coalesce(final_class, 'missing') as final_class,
    count(*) as n
from verdicts_at($version, $who, $analyte, $rise_factor, $final)
where assessable
group by all
order by analyte, trial, baseline_class, final_class;

-- Grain: one row per analyte and trial, and one per analyte for all trials pooled (trial is null).
-- n_*: patients; improved_*: improved patients among the evaluable and among those low at baseline.
select
    analyte, trial,
    count(*) as n_treated,
    count(*) filter (where assessable) as n_assessable,
    count(*) filter (where evaluable) as n_evaluable,
    count(*) filter (where evaluable and baseline_class = 'low') as n_low,
    count(*) filter (where improved) as improved_evaluable,
    count(*) filter (where improved and baseline_class = 'low') as improved_low
from verdicts_at($version, $who, $analyte, $rise_factor, $final)
group by grouping sets ((analyte, trial), (analyte))
order by analyte, trial nulls last;

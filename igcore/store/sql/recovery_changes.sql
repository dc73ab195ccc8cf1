-- Grain: one row per evaluable patient of the cohort and analyte, the greatest change first.
-- baseline, final: g/L, "<x" at x/2 and ">x" at x; change_percent: percent by bounds, null where
-- both ends are bounds on the same side; change_operator: its bound.
select
    analyte, trial, patient_key, patient, verdict,
    b_level / case when b_operator = '<' then 2 else 1 end as baseline_g_per_l,
    f_level / case when f_operator = '<' then 2 else 1 end as final_g_per_l,
    b_operator is not null or f_operator is not null as bounded,
    change_percent(b_level, b_operator, f_level, f_operator) as change_percent,
    change_operator(b_operator, f_operator) as change_operator
from verdicts()
where evaluable
order by analyte, change_percent desc nulls last, trial, patient, patient_key;

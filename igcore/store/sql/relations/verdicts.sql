-- Grain: one row per treated patient of the cohort and analyte: the verdict and what it rests on (R1 to R8).
-- b_*: baseline, f_*: final sample, levels and limits in g/L; codes of R7; reason of R1; improved:
-- true or false; default_limits: the final record has no limits of its own; range_laboratory: whose
-- range then serves.
-- watched is written down first: DuckDB 2.0 gives a database up where rows from a join of small keys
-- pass a cross join on their way into another join, and the last of them are fewer than analytes.
with watched as materialized (
    select * from observation()
),
judged as (
    select
        o.patient_key, o.trial, o.patient, a.analyte,
        q.* exclude (patient_key, analyte, b_low, b_high, f_low, f_high),
        case
            when o.no_m_protein then null
            when o.involved is null then 'isotype_unknown'
            when list_contains(o.involved, a.analyte) then 'involved'
            when a.analyte = 'IgG' and o.replaced_at_start then 'replacement_at_baseline'
        end as barred,
        case
            when b_level is null then 'no_baseline'
            when f_rank = -2 then 'only_after_replacement'
            when f_rank = -1 then 'not_in_window'
            when f_level is null then 'no_post_baseline'
        end as lacking,
        $rule['final'] <> 'confirmed' or coalesce(f_rank > last_moment(), false) as settled,
        coalesce(b_low, r.low) as b_low, coalesce(b_high, r.high) as b_high,
        coalesce(q.f_low, r.low) as f_low, coalesce(q.f_high, r.high) as f_high,
        f_level is not null and $rule['range'] = 'own' and (q.f_low is null or q.f_high is null)
            as default_limits,
        r.laboratory as range_laboratory,
    from watched o
    cross join (select unnest($rule['analytes']) as analyte) a
    left join finals() q using (patient_key, analyte)
    left join ranges() r using (range_key, analyte)
),
weighed as (
    select
        *,
        rises(b_level, b_operator, f_level, f_operator, $rule['rise_factor']) as rise,
        in_range(f_level, f_operator, f_low, f_high) as normal,
        range_class(b_level, b_operator, b_low, b_high) as baseline_class,
        range_class(f_level, f_operator, f_low, f_high) as final_class
    from judged
)
select
    * exclude (barred, lacking, rise, normal),
    coalesce(barred, lacking, case when rise and normal and not settled then 'not_confirmed' end)
        as reason,
    case
        when barred is not null then 'not_assessable'
        when lacking is not null then 'not_evaluable'
        when rise and normal and settled then 'improved_from_' || baseline_class
        when (rise and normal) is null then 'indeterminate'
        when rise and final_class = 'low' then 'rise_still_low'
        when rise and final_class = 'high' then 'rise_above_range'
        when final_class = 'normal' then 'in_range_no_rise'
        else final_class || '_no_rise'
    end as verdict,
    barred is null as assessable,
    barred is null and lacking is null as evaluable,
    barred is null and lacking is null and coalesce(rise and normal, false) and settled as improved
from weighed

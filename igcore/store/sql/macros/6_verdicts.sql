-- One row per treated patient of the cohort and analyte: the verdict and what it rests on (R1 to R8).
-- levels and limits in g/L; codes of R7; reason of R1; improved: true or false.
create or replace macro verdicts_at(v, who, analytes, rise_factor, final) as table
with asked as (select unnest(analytes) as analyte),
person as (
    select
        c.patient_key, c.trial, c.patient, a.analyte,
        case
            when c.no_m_protein then null
            when c.involved is null then 'isotype_unknown'
            when list_contains(c.involved, a.analyte) then 'involved'
            when a.analyte = 'IgG' and exists (
                select 1 from therapies_at(v) t
                where t.patient_key = c.patient_key and t.kind = 'immunoglobulin replacement'
                  and elapsed(t.start_day) <= 0
                  and (t.end_day is null or elapsed(t.end_day) >= 0)
            ) then 'replacement_at_baseline'
        end as barred
    from cohort_at(v, who) c cross join asked a
),
judged as (
    select
        p.*,
        case
            when barred is not null then barred
            when b is null then 'no_baseline'
            when f is null and n_replaced > 0 then 'only_after_replacement'
            when f is null then 'no_post_baseline'
        end as obstacle,
        b, f, confirmed,
        rises(b.level, b.operator, f.level, f.operator, rise_factor) as rise,
        in_range(f.level, f.operator, f.low, f.high) as normal,
        range_class(b.level, b.operator, b.low, b.high) as baseline_class,
        range_class(f.level, f.operator, f.low, f.high) as final_class
    from person p
    left join finals_at(v, who, analytes, rise_factor, final) q
        using (patient_key, analyte)
)
select
    * exclude (barred, obstacle, confirmed, rise, normal),
    coalesce(obstacle, case when final = 'confirmed' and not confirmed and rise and normal
        then 'not_confirmed' end) as reason,
    case
        when barred is not null then 'not_assessable'
        when obstacle is not null then 'not_evaluable'
        when rise and normal and (confirmed or final <> 'confirmed')
            then 'improved_from_' || baseline_class
        when (rise and normal) is null then 'indeterminate'
        when rise and final_class = 'low' then 'rise_still_low'
        when rise and final_class = 'high' then 'rise_above_range'
        when final_class = 'normal' then 'in_range_no_rise'
        else final_class || '_no_rise'
    end as verdict,
    barred is null as assessable,
    obstacle is null as evaluable,
    starts_with(verdict, 'improved') as improved
from judged;

-- Grain: one row per value. visit: the one that stands for its visit; low, high: in the shown unit;
-- y: as asked; contains: why the value may hold M-protein, else null; replaced: IgG that is not the
-- patient's own (R3); verdict: code of R7; range_of: whose range stands in for missing limits.
-- $asked: struct of analytes, units (the one unit of each), range (as in ranges), group, least_depth,
-- response_trials, y, factor (shown unit per g/L) and verdicts (whether they are needed); $rule: that
-- of recovery, see igcore/analysis/rule.py.
with verdict as (
    select patient_key, analyte, verdict from verdicts() where $asked['verdicts']
),
pair as materialized (from trajectory_pairs()),
given as not materialized (
    select
        m.*, coalesce(c.crowded, false) as crowded, c.baseline, j.verdict,
        u.laboratory as range_of,
        $asked['range'] <> 'own' as named,
        if(mass, u.low, null) as usual_low,
        if(mass, u.high, null) as usual_high,
        if(mass, m.low_g_per_l, m.low) as own_low,
        if(mass, m.high_g_per_l, m.high) as own_high
    from trajectory_values() m
    left join pair c on c.patient_key = m.patient_key and c.analyte = m.analyte
    left join verdict j on j.patient_key = m.patient_key and j.analyte = m.analyte
    left join ranges(rule['range'] := $asked['range']) u on u.range_key = m.range_key and u.analyte = m.analyte
),
ranked as not materialized (
    select *, month is not null as visit from given where not crowded
    union all
    -- Of the values of a visit the nearest to its day counts, of two as near the later one.
    select
        *,
        month is not null and row_number() over (
            partition by patient_key, analyte, month
            order by if(month = 0, 0, round(abs(elapsed - month * days_per_month()), 9)),
                elapsed desc, coalesce(time, '') desc
        ) = 1
    from given where crowded
),
limited as not materialized (
    select
        patient_key, analyte, day, elapsed, time, operator, month, visit, level, baseline, verdict,
        range_of,
        round(if(named, coalesce(usual_low, own_low), coalesce(own_low, usual_low)) * factor, 9)
            as low,
        round(if(named, coalesce(usual_high, own_high), coalesce(own_high, usual_high)) * factor, 9)
            as high,
        not named and (own_low is null or own_high is null) and usual_low is not null
            as default_limits,
        case
            when analyte not in ('IgA', 'IgG', 'IgM') then null
            when involved is null then 'unknown'
            when list_contains(involved, analyte) then 'involved'
        end as contains,
        -- Searched only where the hull holds the value: a search of every list is slow.
        case when analyte = 'IgG' and elapsed between replaced_from and replaced_to
            then len(list_filter(
                replacements, lambda s: elapsed between s['first'] and s['last'])) > 0
            else false
        end as replaced,
        if($asked['group'] = 'verdict', coarse_verdict(verdict), label) as label
    from ranked
)
select
    *,
    case $asked['y']
        when 'concentration' then level
        when 'change' then level - baseline
        when 'percent' then 100 * level / nullif(baseline, 0)
        when 'multiple' then level / nullif(low, 0)
        when 'position' then (level - low) / nullif(high - low, 0)
    end as y
from limited

-- What the trajectories questions bind beside the cohort. asked: struct of analytes, units (the one
-- unit of each), range (as in ranges_at), group, least_depth, response_trials, y, factor (shown unit
-- per g/L) and verdicts (whether they are needed); rule: that of recovery, see
-- igcore/analysis/rule.py.

-- coarse_verdict: improved, not improved, indeterminate, not evaluable or not assessable (R7).
create or replace macro coarse_verdict(verdict) as
case
    when starts_with(verdict, 'improved') then 'improved'
    when verdict in ('indeterminate', 'not_evaluable', 'not_assessable')
        then replace(verdict, '_', ' ')
    when verdict is not null then 'not improved'
end;

-- One row per patient of the cohort. involved: isotypes that hold M-protein, null where that is
-- not known; label: the group, null for none; replaced_from, replaced_to: hull of the replacements
-- with their washout in elapsed days, null without any; replacements: the spans.
create or replace macro trajectory_people_at(v, who, asked) as table
with responder as (
    select patient_key, true as responds from response_days_at(v, who, asked['least_depth'])
    where asked['group'] = 'response'
),
replacement as (
    select
        patient_key, min(elapsed(start_day)) as replaced_from,
        max(coalesce(elapsed(end_day) + 183, 'infinity'::double)) as replaced_to,
        list({
            'first': elapsed(start_day),
            'last': coalesce(elapsed(end_day) + 183, 'infinity'::double)
        }) as replacements
    from therapies_of(v) where kind = 'immunoglobulin replacement' group by patient_key
)
select
    c.patient_key, c.treatment_start_time, i.replaced_from, i.replaced_to, i.replacements,
    if(c.no_m_protein, []::varchar[], c.involved) as involved,
    range_key(laboratory_of(asked, t.laboratory), c.sex, c.age_years) as range_key,
    case asked['group']
        when 'none' then 'all'
        when 'trial' then c.trial
        when 'arm' then c.arm
        when 'response' then
            case when list_contains(asked['response_trials'], c.trial)
                then if(coalesce(r.responds, false), 'responder', 'non-responder') end
    end as label
from cohort_at(v, who) c
join trials_at(v) t using (trial)
left join responder r using (patient_key)
left join replacement i using (patient_key);

-- One row per value of the asked analytes in the cohort, from 35 days before first treatment on.
-- level: in the shown unit; month: the visit, 0 for the baseline (R2), null outside every window.
create or replace macro trajectory_values_at(v, who, asked) as table
with placed as (
    select
        p.*, m.* exclude (patient_key), elapsed(m.day) as elapsed,
        m.value_g_per_l is not null as mass,
        if(mass, asked['factor'], 1.0) as factor,
        round(coalesce(m.value_g_per_l, m.value) * factor, 9) / if(m.operator = '<', 2, 1)
            as level,
        round(elapsed(m.day) / 30.4375) as nearest
    from measurements_of(v) m
    join trajectory_people_at(v, who, asked) p on p.patient_key = m.patient_key
    where m.day >= -35
      and asked['units'][list_position(asked['analytes'], m.analyte)]
        = if(m.value_g_per_l is null, m.unit, 'g/L')
)
select
    * exclude (nearest),
    case
        when elapsed < 0 or (elapsed < 1 and not coalesce(time > treatment_start_time, false))
            then 0
        when nearest >= 1 and abs(elapsed - nearest * 30.4375) <= 14 + 1e-9 then nearest
    end as month
from placed;

-- One row per patient and analyte that needs a second look: more than one value in some visit, or a
-- baseline that is asked for. Few, as most visits have one value: that spares the rest the ranking.
create or replace macro trajectory_pairs_at(v, who, asked) as table
with pair as (
    select
        patient_key, analyte,
        count(month) <> coalesce(bit_count(
            bit_or(1::hugeint << month::integer) filter (month <= 120)
        ), 0) as crowded,
        arg_max(level, moment(elapsed, time)) filter (
            month = 0 and asked['y'] in ('change', 'percent')
        ) as baseline
    from trajectory_values_at(v, who, asked)
    group by patient_key, analyte
)
from pair where crowded or baseline is not null;

-- One row per value. visit: the one that stands for its visit; low, high: in the shown unit;
-- y: as asked; contains: why the value may hold M-protein, else null; replaced: IgG that is not the
-- patient's own (R3); verdict: code of R7; range_of: whose range stands in for missing limits.
create or replace macro trajectories_at(v, who, asked, rule) as table
with verdict as (
    select patient_key, analyte, verdict from verdicts_at(v, who, rule) where asked['verdicts']
),
pair as materialized (from trajectory_pairs_at(v, who, asked)),
given as not materialized (
    select
        m.*, coalesce(c.crowded, false) as crowded, c.baseline, j.verdict,
        u.laboratory as range_of,
        asked['range'] <> 'own' as named,
        if(mass, u.low, null) as usual_low,
        if(mass, u.high, null) as usual_high,
        if(mass, m.low_g_per_l, m.low) as own_low,
        if(mass, m.high_g_per_l, m.high) as own_high
    from trajectory_values_at(v, who, asked) m
    left join pair c on c.patient_key = m.patient_key and c.analyte = m.analyte
    left join verdict j on j.patient_key = m.patient_key and j.analyte = m.analyte
    left join ranges_at(v, who, asked) u on u.range_key = m.range_key and u.analyte = m.analyte
),
ranked as not materialized (
    select *, month is not null as visit from given where not crowded
    union all
    -- Of the values of a visit the nearest to its day counts, of two as near the later one.
    select
        *,
        month is not null and row_number() over (
            partition by patient_key, analyte, month
            order by if(month = 0, 0, round(abs(elapsed - month * 30.4375), 9)),
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
        if(asked['group'] = 'verdict', coarse_verdict(verdict), label) as label
    from ranked
)
select
    *,
    case asked['y']
        when 'concentration' then level
        when 'change' then level - baseline
        when 'percent' then 100 * level / nullif(baseline, 0)
        when 'multiple' then level / nullif(low, 0)
        when 'position' then (level - low) / nullif(high - low, 0)
    end as y
from limited;

-- One row per value of the asked analytes in the cohort, from 35 days before first treatment on.
-- asked: struct of analytes, units (the one unit of each), range (as in ranges_at), group,
-- least_depth, response_trials, y and factor (shown unit per g/L); judged: struct of the lists keys, analytes and classes, the
-- verdicts where these are the groups. elapsed: days; month: the visit, 0 for the baseline (R2),
-- null outside every window; visit: the value that stands for its visit; level, low, high: in the
-- shown unit; y: as asked; contains: why the value may hold M-protein, else null;
-- replaced: IgG that is not the patient's own (R3); label: the group, null for none.
create or replace macro trajectories_at(v, who, asked, judged) as table
with verdict as (
    select
        unnest(judged['keys']::integer[]) as patient_key,
        unnest(judged['analytes']::varchar[]) as analyte,
        unnest(judged['classes']::varchar[]) as label
),
responder as (
    select patient_key from response_days_at(v, who, asked['least_depth'])
    where asked['group'] = 'response'
),
replacement as (
    select patient_key, elapsed(start_day) as first_day, elapsed(end_day) + 183 as washed_out
    from therapies_at(v) where kind = 'immunoglobulin replacement'
),
person as (
    select
        c.patient_key, c.trial, c.involved, c.no_m_protein, c.treatment_start_time,
        range_key(laboratory_of(asked, t.laboratory), c.sex, c.age_years) as range_key,
        case asked['group']
            when 'none' then 'all'
            when 'trial' then c.trial
            when 'arm' then c.arm
            when 'response' then
                case when list_contains(asked['response_trials'], c.trial)
                    then if(r.patient_key is null, 'non-responder', 'responder') end
        end as label
    from cohort_at(v, who) c
    join trials_at(v) t using (trial)
    left join responder r using (patient_key)
),
given as (
    select
        p.*, m.analyte, m.day, elapsed(m.day) as elapsed, coalesce(m.time, '') as time,
        m.operator,
        m.value_g_per_l is not null as mass,
        if(mass, asked['factor'], 1) as factor,
        if(mass, 'g/L', m.unit) as given_unit,
        round(coalesce(m.value_g_per_l, m.value) * factor, 9) as bound,
        asked['range'] <> 'own' as named,
        if(mass, u.low, null) as usual_low,
        if(mass, u.high, null) as usual_high,
        if(mass, m.low_g_per_l, m.low) as own_low,
        if(mass, m.high_g_per_l, m.high) as own_high,
        if(named, coalesce(usual_low, own_low), coalesce(own_low, usual_low)) as low_given,
        if(named, coalesce(usual_high, own_high), coalesce(own_high, usual_high)) as high_given,
        round(low_given * factor, 9) as low,
        round(high_given * factor, 9) as high,
        not named and (m.low is null or m.high is null) and usual_low is not null
            as default_limits,
        u.laboratory as range_of,
        elapsed(m.day) >= 1
            or (elapsed(m.day) = 0 and coalesce(m.time > p.treatment_start_time, false)) as post
    from person p
    join measurements_at(v) m using (patient_key)
    left join ranges_at(v, who, asked) u on u.range_key = p.range_key and u.analyte = m.analyte
    where list_contains(asked['analytes'], m.analyte) and elapsed(m.day) >= -35
),
placed as (
    select
        * exclude (label, post, named, usual_low, usual_high, own_low, own_high, low_given, high_given),
        bound / if(operator = '<', 2, 1) as level,
        if(asked['group'] = 'verdict', verdict.label, given.label) as label,
        case
            when not post then 0
            when round(elapsed / 30.4375) >= 1
                and abs(elapsed - round(elapsed / 30.4375) * 30.4375) <= 14 + 1e-9
                then round(elapsed / 30.4375)
        end as month,
        case
            when no_m_protein or analyte not in ('IgA', 'IgG', 'IgM') then null
            when involved is null then 'unknown'
            when list_contains(involved, analyte) then 'involved'
        end as contains,
        analyte = 'IgG' and exists (
            select 1 from replacement r
            where r.patient_key = given.patient_key and given.elapsed >= r.first_day
              and (r.washed_out is null or given.elapsed <= r.washed_out)
        ) as replaced
    from given left join verdict using (patient_key, analyte)
    where given_unit = asked['units'][list_position(asked['analytes'], analyte)]
),
-- Of the values of a visit the nearest to its day counts, of two as near the later one.
ranked as (
    select
        *,
        month is not null and row_number() over (
            partition by patient_key, analyte, month
            order by if(month = 0, 0, round(abs(elapsed - month * 30.4375), 9)),
                elapsed desc, time desc
        ) = 1 as visit
    from placed
),
base as (
    select patient_key, analyte, level as baseline from ranked where visit and month = 0
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
from ranked left join base using (patient_key, analyte);

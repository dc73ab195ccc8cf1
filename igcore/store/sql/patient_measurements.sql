-- Grain: one row per measured value of the patient. value, low, high: in `unit`, as given;
-- value_g_per_l and limits in g/L where the unit is a mass concentration; day: study day.
-- used_low, used_high: the limits in use (R5), in g/L for those, else in `unit`; range_of: whose
-- they are, null for the record's own; range_class: low, normal or high by them,
-- null without any;
-- counts: what the value is to the rule, null for what it does not judge.
with person as (
    select range_key(laboratory_of($rule['range'], t.laboratory), p.sex, p.age_years) as range_key
    from cohort() p join trials() t using (trial)
    where p.patient_key = $patient_key
),
usual as (select r.* from ranges() r semi join person using (range_key)),
given as (
    select
        m.*,
        value_g_per_l is not null as mass,
        $rule['range'] <> 'own' and u.low is not null as named,
        if(mass, m.low_g_per_l, m.low) as own_low,
        if(mass, m.high_g_per_l, m.high) as own_high,
        case when not mass then null
            when named then u.low else coalesce(own_low, u.low) end as usual_low,
        case when not mass then null
            when named then u.high else coalesce(own_high, u.high) end as usual_high,
        case when mass and (named or own_low is null or own_high is null) then u.laboratory end
            as range_of
    from measurements() m
    left join usual u using (analyte)
    where m.patient_key = $patient_key
)
select
    m.analyte, m.day, m.time, m.value, m.operator, m.unit, m.low, m.high,
    m.value_g_per_l, m.low_g_per_l, m.high_g_per_l,
    if(m.mass, m.usual_low, m.own_low) as used_low,
    if(m.mass, m.usual_high, m.own_high) as used_high,
    m.range_of,
    case when used_low is not null or used_high is not null
        then range_class(coalesce(m.value_g_per_l, m.value), m.operator, used_low, used_high)
    end as range_class,
    case
        when not m.mass or not list_contains($rule['analytes'], m.analyte) then null
        when s.baseline then 'before'
        when s.counted and s.replaced then 'replaced'
        when s.counted then 'counted'
        when elapsed(m.day) < 0 then 'too old'
        else 'ended'
    end as counts
from given m
left join samples() s
    on s.patient_key = m.patient_key and s.analyte = m.analyte and s.day = m.day
    and s.time is not distinct from m.time
order by m.analyte, elapsed(m.day), m.time nulls first;

-- Grain: one row per measurement outside the plausible values, far from its limits or far in time.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with suspect as (
    select g.trial, g.patient, g.analyte, g.unit, b.low, b.high, not a.foreign_limits as own_limits
    from doubt_group g
    left join doubt_bound b on b.analyte = g.analyte
    join doubt_analyte a
        on a.trial = g.trial and a.analyte = g.analyte and a.unit is not distinct from g.unit
    where g.lowest < b.low or g.highest > b.high or g.first_day < -3652 or g.last_day > 14610
        or (g.far_off > 0 and not a.foreign_limits and b.analyte is not null)
),
seen as (
    select
        m.*,
        (m.value * m.factor < s.low and m.operator is distinct from '<')
            or m.value * m.factor > s.high as implausible,
        s.low is not null and s.own_limits and (
            (m.low > 0 and m.value < m.low / 50 and m.operator is null)
            or (m.high > 0 and m.value > m.high * 50)
        ) as far_off,
        m.day < -3652 or m.day > 14610 as far_day,
        m.analyte || ': ' || format('{:g}', s.low) || ' to ' || format('{:g}', s.high) || ' g/L'
            as bounds
    from suspect s join said_measurements m
        on m.trial = s.trial and m.patient = s.patient and m.analyte = s.analyte
        and m.unit is not distinct from s.unit
),
told as (
    select *, unnest([
        {'kind': case when implausible then 'implausible' end, 'about': bounds, 'col': 'value'},
        {'kind': case when far_off then 'far_limits' end, 'about': '', 'col': 'low'},
        {'kind': case when far_day then 'far_day' end, 'about': '', 'col': 'day'}
    ], max_depth := 2)
    from seen where implausible or far_off or far_day
)
select
    kind, about, 'measurements' as tab, col, file, sheet, line, ord, patient,
    case col
        when 'day' then format('{:g}', day)
        when 'low' then coalesce(m.operator, '') || format('{:g}', m.value) || coalesce(' ' || m.unit, '') || ' with limits '
            || concat_ws(' to ', format('{:g}', m.low), format('{:g}', m.high))
        else coalesce(m.operator, '') || format('{:g}', m.value) || coalesce(' ' || m.unit, '')
    end as value,
    1 as n
from told m where kind is not null

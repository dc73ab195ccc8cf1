-- Grain: one row per doubt about an analyte of a trial, with its first row as the example.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with told as (
    select 'unknown_analyte' as kind, analyte as about, 'analyte' as col,
        arg_min(trial, first_ord) as trial, arg_min(first_patient, first_ord) as patient,
        analyte, min(first_ord) as ord, sum(n) as n
    from doubt_analyte where analyte not in (select analyte from doubt_bound) group by analyte
    union all
    select 'units', analyte || ' of trial ' || trial || ': '
            || string_agg(unit || ' (' || n || ')', ', ' order by n desc, unit),
        'unit', trial, arg_min(first_patient, n), analyte, arg_min(first_ord, n), sum(n)
    from doubt_analyte where unit is not null group by trial, analyte
    having count(distinct lower(replace(unit, ' ', ''))) > 1
    union all
    select 'no_limits', g.analyte || ' of trial ' || g.trial || ': '
            || coalesce(
                format('{:g}', r.low_g_per_l) || ' to ' || format('{:g}', r.high_g_per_l)
                || ' g/L (' || r.laboratory || ')', 'no range is known'
            ),
        'low', g.trial, arg_min(unlimited_patient, unlimited_ord), g.analyte,
        min(unlimited_ord), sum(unlimited)
    from doubt_analyte g
    join doubt_bound b on b.analyte = g.analyte
    left join doubt_laboratory c on c.trial = g.trial
    left join older_ranges() r on r.analyte = g.analyte
        and r.laboratory = coalesce(c.laboratory, default_laboratory())
    where unlimited > 0
    group by g.trial, g.analyte, r.low_g_per_l, r.high_g_per_l, r.laboratory
    union all
    select 'foreign_limits', analyte || ' of trial ' || trial || ' in ' || unit, 'low', trial,
        first_patient, analyte, first_ord, limited
    from doubt_analyte where foreign_limits and analyte in (select analyte from doubt_bound)
    union all
    select 'all_equal', '', 'value', trial, patient, analyte, first_ord, n
    from doubt_group
    where n >= 6 and alone = n and least = most and analyte in (select analyte from doubt_bound)
)
select
    t.kind, t.about, 'measurements' as tab, t.col, m.file, m.sheet, m.line, m.ord, m.patient,
    case t.col
        when 'analyte' then m.analyte
        when 'unit' then m.unit
        when 'low' then nullif(concat_ws(' to ', format('{:g}', m.low), format('{:g}', m.high)), '')
        else coalesce(m.operator, '') || format('{:g}', m.value) || coalesce(' ' || m.unit, '')
    end as value,
    t.n
from told t
join said_measurements m
    on m.ord = t.ord and m.trial = t.trial and m.patient = t.patient and m.analyte = t.analyte

-- Grain: one row per trial, analyte and unit as given. records, patients: counts.
-- own_limits: records with both limits of their own; own_ranges: different pairs of these;
-- default_limits: the other records that the trial's laboratory serves (R5);
-- without_limits: the rest; default_low, default_high: that range in g/L, the one for unknown age
-- and sex; laboratory: its name.
with usual as (
    select
        t.trial, r.analyte,
        arg_max(r.low_g_per_l, own) as low_g_per_l, arg_max(r.high_g_per_l, own) as high_g_per_l,
        arg_max(r.laboratory, own) as laboratory
    from (
        select *, coalesce(laboratory, default_laboratory()) as chosen from trials()
    ) t
    join (select * from older_ranges()) r on r.laboratory in (t.chosen, default_laboratory()),
    lateral (select r.laboratory = t.chosen as own)
    group by t.trial, r.analyte
)
select
    m.trial, m.analyte, m.unit, count(*) as records,
    count(distinct m.patient_key) as patients,
    count(*) filter (where m.low is not null and m.high is not null) as own_limits,
    count(distinct (m.low, m.high)) filter (where m.low is not null and m.high is not null)
        as own_ranges,
    count(*) filter (where (m.low is null or m.high is null)
        and d.analyte is not null and m.value_g_per_l is not null) as default_limits,
    count(*) filter (where (m.low is null or m.high is null)
        and (d.analyte is null or m.value_g_per_l is null)) as without_limits,
    any_value(d.low_g_per_l) as default_low, any_value(d.high_g_per_l) as default_high,
    coalesce(any_value(d.laboratory), default_laboratory()) as laboratory
from named_measurements() m
left join usual d on d.analyte = m.analyte and d.trial = m.trial
group by m.trial, m.analyte, m.unit
order by m.trial, m.analyte not in ('IgA', 'IgG', 'IgM'), m.analyte, m.unit;

-- Grain: one row per trial, analyte and unit as given. records, patients: counts.
-- own_limits: records with both limits of their own; own_ranges: different pairs of these;
-- default_limits: the other records that the default laboratory's range serves;
-- without_limits: the rest; default_low, default_high: that range in g/L; laboratory: its name.
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
    default_laboratory() as laboratory
from measurements_at($version) m
left join reference_ranges d
    on d.analyte = m.analyte and d.laboratory = default_laboratory()
group by m.trial, m.analyte, m.unit
order by m.trial, m.analyte not in ('IgA', 'IgG', 'IgM'), m.analyte, m.unit;

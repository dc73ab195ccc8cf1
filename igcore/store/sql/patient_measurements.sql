-- Grain: one row per measured value of the patient. value, low, high: in `unit`, as given;
-- value_g_per_l and limits in g/L where the unit is a mass concentration; day: study day;
-- default_low, default_high: the range in g/L that serves where the record has no limits of its
-- own (R5), by the patient's age and sex.
with person as (
    select p.sex, p.age_years, coalesce(t.laboratory, default_laboratory()) as laboratory
    from patients_at($version) p join trials_at($version) t using (trial)
    where p.patient_key = $patient_key
),
served as (
    select
        r.analyte, r.laboratory = p.laboratory as own,
        min(r.low_g_per_l) as low, max(r.high_g_per_l) as high
    from person p
    join reference_ranges r
        on serves(r.sex, r.age_from, r.age_to, p.sex, p.age_years)
        and r.laboratory in (p.laboratory, default_laboratory())
    group by r.analyte, own
),
usual as (
    select analyte, arg_max(low, own) as low, arg_max(high, own) as high
    from served group by analyte
)
select
    m.analyte, m.day, m.time, m.value, m.operator, m.unit, m.low, m.high,
    m.value_g_per_l, m.low_g_per_l, m.high_g_per_l,
    case when m.low_g_per_l is null or m.high_g_per_l is null then r.low end as default_low,
    case when m.low_g_per_l is null or m.high_g_per_l is null then r.high end as default_high
from measurements_of($version) m
left join usual r using (analyte)
where m.patient_key = $patient_key
order by m.analyte, elapsed(m.day), m.time nulls first;

-- Grain: one row per measured value of the patient. value, low, high: in `unit`, as given;
-- value_g_per_l and limits in g/L where the unit is a mass concentration; day: study day;
-- default_low, default_high: default range in g/L where the record has no limits of its own.
select
    m.analyte, m.day, m.time, m.value, m.operator, m.unit, m.low, m.high,
    m.value_g_per_l, m.low_g_per_l, m.high_g_per_l,
    case when m.low_g_per_l is null or m.high_g_per_l is null then d.low_g_per_l end as default_low,
    case when m.low_g_per_l is null or m.high_g_per_l is null then d.high_g_per_l end
        as default_high
from measurements_at($version) m
left join reference_ranges d
    on d.analyte = m.analyte and d.laboratory = default_laboratory()
where m.patient_key = $patient_key
order by m.analyte, elapsed(m.day), m.time nulls first;

-- Grain: one row per laboratory and analyte, the one that serves where age and sex are not known.
-- low_g_per_l, high_g_per_l: g/L.
select laboratory, analyte, min(low_g_per_l) as low_g_per_l, max(high_g_per_l) as high_g_per_l
from reference_ranges() where serves(sex, age_from, age_to, null, null)
group by laboratory, analyte

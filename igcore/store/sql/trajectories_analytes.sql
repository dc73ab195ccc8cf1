-- Grain: one row per trial, analyte and unit (g/L for every mass concentration, else as given).
-- records: values; american: those given in mg/dL; low_min to high_max: extremes of the
-- records' own limits in that unit, null where no record has any.
select
    trial, analyte, if(value_g_per_l is null, unit, 'g/L') as unit,
    count(*) as records,
    count(*) filter (where lower(replace(unit, ' ', '')) in ('mg/dl', 'mg/100ml')) as american,
    min(if(value_g_per_l is null, low, low_g_per_l)) as low_min,
    max(if(value_g_per_l is null, low, low_g_per_l)) as low_max,
    min(if(value_g_per_l is null, high, high_g_per_l)) as high_min,
    max(if(value_g_per_l is null, high, high_g_per_l)) as high_max
from named_measurements()
group by all
order by trial, analyte, records desc, unit;

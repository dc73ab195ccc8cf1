-- Grain: one row per range_key of the cohort and analyte: the laboratory's range in g/L, the default
-- laboratory's where that one has none; where several rows serve, their outer limits.
with kinds as (
    select distinct laboratory_of($rule['range'], t.laboratory) as laboratory, c.sex, c.age_years
    from cohort() c join trials() t using (trial)
),
served as (
    select
        k.laboratory, k.sex, k.age_years, r.analyte, r.laboratory as source,
        min(r.low_g_per_l) as low, max(r.high_g_per_l) as high
    from kinds k
    join reference_ranges() r
        on serves(r.sex, r.age_from, r.age_to, k.sex, k.age_years)
        and r.laboratory in (k.laboratory, default_laboratory())
    group by k.laboratory, k.sex, k.age_years, r.analyte, r.laboratory
)
select
    range_key(laboratory, sex, age_years) as range_key, analyte,
    arg_max(low, source = laboratory) as low, arg_max(high, source = laboratory) as high,
    arg_max(source, source = laboratory) as laboratory
from served group by laboratory, sex, age_years, analyte

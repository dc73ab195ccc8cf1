-- Whose range stands in (R5): the laboratory that the rule names, else the trial's, else the default.
create or replace macro laboratory_of(rule, laboratory) as
    case when rule['range'] = 'own' then coalesce(laboratory, default_laboratory())
        else rule['range'] end;

-- range_key: one number for patients whom the same rows of reference_ranges serve.
create or replace macro range_key(laboratory, sex, age_years) as hash(laboratory, sex, age_years);

-- serves: whether a row of reference_ranges is for such a patient. Unknown age takes the row of the
-- oldest, unknown sex those of both. age_from is exclusive and null in the youngest row.
create or replace macro serves(row_sex, age_from, age_to, sex, age_years) as
    (row_sex is null or sex is null or row_sex = sex)
    and coalesce(age_years > age_from, true)
    and (age_to is null or coalesce(age_years <= age_to, false));

-- older_ranges: one row per laboratory and analyte, the one that serves where age and sex are not
-- known. low_g_per_l, high_g_per_l: g/L.
create or replace macro older_ranges() as table
select laboratory, analyte, min(low_g_per_l) as low_g_per_l, max(high_g_per_l) as high_g_per_l
from reference_ranges where serves(sex, age_from, age_to, null, null)
group by laboratory, analyte;

-- One row per range_key of the cohort and analyte: the laboratory's range in g/L, the default
-- laboratory's where that one has none; where several rows serve, their outer limits.
create or replace macro ranges_at(v, who, rule) as table
with kinds as (
    select distinct laboratory_of(rule, t.laboratory) as laboratory, c.sex, c.age_years
    from cohort_at(v, who) c join trials_at(v) t using (trial)
),
served as (
    select
        k.laboratory, k.sex, k.age_years, r.analyte, r.laboratory as source,
        min(r.low_g_per_l) as low, max(r.high_g_per_l) as high
    from kinds k
    join reference_ranges r
        on serves(r.sex, r.age_from, r.age_to, k.sex, k.age_years)
        and r.laboratory in (k.laboratory, default_laboratory())
    group by k.laboratory, k.sex, k.age_years, r.analyte, r.laboratory
)
select
    range_key(laboratory, sex, age_years) as range_key, analyte,
    arg_max(low, source = laboratory) as low, arg_max(high, source = laboratory) as high,
    arg_max(source, source = laboratory) as laboratory
from served group by laboratory, sex, age_years, analyte;

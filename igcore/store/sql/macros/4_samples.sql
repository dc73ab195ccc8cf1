-- One row per immunoglobulin value of the cohort that is a baseline candidate or counts after it.
-- level, low, high: g/L; elapsed: days; baseline: candidate for the baseline (R2);
-- counted: after the start and within the observation (R3); replaced: IgG not endogenous.
create or replace macro samples_at(v, who, analytes) as table
with replacement as (
    select patient_key, elapsed(start_day) as first_day, elapsed(end_day) + 183 as washed_out
    from therapies_at(v) where kind = 'immunoglobulin replacement'
),
drawn as (
    select
        m.patient_key, m.analyte, m.day, elapsed(m.day) as elapsed, coalesce(m.time, '') as time,
        m.value, m.unit, m.operator, m.value_g_per_l as level,
        coalesce(m.low_g_per_l, d.low_g_per_l) as low,
        coalesce(m.high_g_per_l, d.high_g_per_l) as high,
        m.low_g_per_l is null or m.high_g_per_l is null as default_limits,
        elapsed(m.day) >= 1
            or (elapsed(m.day) = 0 and coalesce(m.time > c.treatment_start_time, false)) as post,
        o.last_day, o.before_day
    from cohort_at(v, who) c
    join measurements_at(v) m using (patient_key)
    join observation_at(v, who) o using (patient_key)
    join reference_ranges d on d.analyte = m.analyte and d.laboratory = default_laboratory()
    where list_contains(analytes, m.analyte) and m.value_g_per_l is not null
)
select
    * exclude (post, last_day, before_day),
    not post and elapsed between -35 and 0 as baseline,
    post
        and (last_day is null or elapsed <= last_day)
        and (before_day is null or elapsed < before_day) as counted,
    analyte = 'IgG' and exists (
        select 1 from replacement r
        where r.patient_key = drawn.patient_key
          and drawn.elapsed >= r.first_day
          and (r.washed_out is null or drawn.elapsed <= r.washed_out)
    ) as replaced
from drawn
where elapsed >= -35;

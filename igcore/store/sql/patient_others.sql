-- Grain: one row per immunoglobulin value of a drawn other patient of the trial and the cohort.
-- Patients are drawn in the fixed order of their key's digest, at most $most of those with values
-- among the first four times as many: to look through all takes long in a large trial. Their
-- involved isotypes, and IgG under replacement and its washout, are left out. day: study day;
-- level: g/L, "<x" at x/2; patients: all others.
with other as materialized (
    select patient_key, involved, no_m_protein
    from cohort() where trial = $trial and patient_key <> $patient_key
),
candidate as materialized (
    from other order by md5(patient_key::varchar), patient_key limit 4 * $most
),
given as materialized (
    select c.*, m.analyte, m.day, m.time, m.operator, m.value_g_per_l
    from measurements() m join candidate c using (patient_key)
    where list_contains($rule['analytes'], m.analyte) and m.value_g_per_l is not null
),
drawn as (
    select distinct patient_key from given order by md5(patient_key::varchar), patient_key
    limit $most
),
replacement as (
    select patient_key, elapsed(start_day) as first_day,
        elapsed(end_day) + $rule['washout'] as last_day
    from therapies() where kind = 'immunoglobulin replacement'
)
select
    patient_key, analyte, day, value_g_per_l / if(operator = '<', 2, 1) as level,
    (select count(*) from other) as patients
from given g semi join drawn using (patient_key)
where (no_m_protein or coalesce(not list_contains(involved, analyte), false))
  and not (analyte = 'IgG' and exists (
      from replacement r
      where r.patient_key = g.patient_key and elapsed(g.day) >= r.first_day
        and coalesce(elapsed(g.day) <= r.last_day, true)
  ))
order by analyte, patient_key, elapsed(day), time nulls first;

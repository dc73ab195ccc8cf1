-- Grain: one row per patient of the cohort and analyte with a baseline or a value after it: both samples.
-- b_*: baseline; f_*: final value, null where there is none; levels and limits in g/L, limits the
-- record's own; f_rank: -1 and -2 as in candidates where no later value is a candidate.
-- A group keeps no more of a sample than its rank and its place in the file; what else is asked of
-- it is fetched from there. One aggregate per column takes nearly twice the time and memory; and two
-- samples can share their patient, analyte and moment (days -0.5 and 0.5), but never their place.
with chosen as (
    select
        patient_key, analyte,
        arg_max(stored, ranked(moment, operator)) filter (baseline) as b_stored,
        max(rank) as f_rank,
        arg_max(stored, ranked(rank, operator)) filter (rank >= 0) as f_stored
    from candidates() group by patient_key, analyte
)
select
    c.patient_key, c.analyte,
    b.value_g_per_l as b_level,
    case when $rule['range'] = 'own' then b.low_g_per_l end as b_low,
    case when $rule['range'] = 'own' then b.high_g_per_l end as b_high,
    b.day as b_day, b.time as b_time, b.value as b_value, b.unit as b_unit,
    f.value_g_per_l as f_level,
    case when $rule['range'] = 'own' then f.low_g_per_l end as f_low,
    case when $rule['range'] = 'own' then f.high_g_per_l end as f_high,
    f.day as f_day, f.time as f_time, f.value as f_value, f.unit as f_unit,
    b.operator as b_operator, f.operator as f_operator, f_rank
from chosen c
left join measurements() b on b.stored = c.b_stored
left join measurements() f on f.stored = c.f_stored

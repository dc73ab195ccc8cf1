-- Grain: one row per value of the asked analytes in the cohort, from 35 days before first treatment on.
-- level: in the shown unit; month: the visit, 0 for the baseline (R2), null outside every window.
with placed as (
    select
        p.*, m.* exclude (patient_key), elapsed(m.day) as elapsed,
        m.value_g_per_l is not null as mass,
        if(mass, $asked['factor'], 1.0) as factor,
        round(coalesce(m.value_g_per_l, m.value) * factor, 9) / if(m.operator = '<', 2, 1)
            as level,
        round(elapsed(m.day) / days_per_month()) as nearest
    from measurements() m
    join trajectory_people() p on p.patient_key = m.patient_key
    where m.day >= -baseline_days()
      and $asked['units'][list_position($asked['analytes'], m.analyte)]
        = if(m.value_g_per_l is null, m.unit, 'g/L')
)
select
    * exclude (nearest),
    case
        when elapsed < 0 or (elapsed < 1 and not coalesce(time > treatment_start_time, false))
            then 0
        when nearest >= 1 and abs(elapsed - nearest * days_per_month()) <= visit_days() + 1e-9 then nearest
    end as month
from placed

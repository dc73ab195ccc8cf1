-- Grain: one row per event of a drawn patient: start of each immunoglobulin replacement, each
-- transplant, and progression (the earlier of the first PD and a PFS event).
-- month: months from first treatment.
with drawn as (select unnest($keys::integer[]) as patient_key),
event as (
    select patient_key, kind, elapsed(start_day) as elapsed from named_therapies()
    where kind in ('immunoglobulin replacement', 'transplant')
    union all
    select patient_key, 'progression', min(elapsed)
    from (
        select patient_key, elapsed(day) as elapsed from named_responses()
        where response = 'PD'
        union all
        select patient_key, elapsed(coalesce(origin_day, 1)) + time_days - 1
        from named_outcomes() where endpoint = 'PFS' and event
    )
    group by patient_key
)
select patient_key, kind, elapsed / days_per_month() as month
from event semi join drawn using (patient_key)
order by patient_key, kind, month;

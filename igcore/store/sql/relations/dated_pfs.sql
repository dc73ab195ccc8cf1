-- Grain: one row per patient with OS: progression-free survival made from dates (S15).
-- $endpoint: PFS-FDA-like or PFS-EMA-like, for any other no rows; $assessed_every: planned days
-- between assessments, which the first of them needs. Times on the clock of the patient's OS, whose
-- first day is 1: progressed_at (first PD), died_at, treated_at (first next therapy), last_at (last
-- response assessment that tells something, before what ended it; the first day counts as one).
with clock as (
    select
        patient_key, coalesce(origin_day, 1) as origin_day,
        1 - elapsed(coalesce(origin_day, 1)) as shift, if(event, time_days, null) as died_at
    from outcomes()
    where endpoint = 'OS' and $endpoint in ('PFS-FDA-like', 'PFS-EMA-like')
),
assessed as (
    select
        patient_key, elapsed(day) + shift as time,
        if(response = 'PD', elapsed(day) + shift, null) as progressed_at
    from responses() join clock using (patient_key)
    where response <> 'NE'
),
progressed as (
    select patient_key, min(progressed_at) as progressed_at from assessed group by patient_key
),
ended as (
    select
        clock.*, least(progressed_at, died_at) as end_at,
        coalesce(next_therapy + shift < end_at, next_therapy is not null) as treated_first,
        if(treated_first, next_therapy + shift, coalesce(end_at, 'infinity'::double)) as before
    from clock
    left join progressed using (patient_key)
    left join next_therapies() t on t.patient_key = clock.patient_key and $endpoint = 'PFS-FDA-like'
),
seen as (
    select e.patient_key, max(a.time) as time
    from ended e join assessed a using (patient_key)
    where a.time < e.before group by e.patient_key
),
judged as (
    select
        patient_key, origin_day, end_at, greatest(coalesce(time, 1.0), 1.0) as last_at,
        end_at is not null and not treated_first
            and ($endpoint = 'PFS-EMA-like' or end_at - last_at <= 2 * $assessed_every + 1e-9) as event
    from ended left join seen using (patient_key)
)
select patient_key, origin_day, if(event, end_at, last_at) as time_days, event
from judged where coalesce(end_at > 0, true)

-- Grain: one row per marker of a patient of the cohort. day: elapsed days from first treatment.
-- kind: "response" (first at or above the rule), "deeper" (first time at a deeper response later),
-- both on or before the first PD and before the next therapy; "progression" (the first PD or the
-- PFS event); "normalised" (confirmed: the second counted sample in a row that rises and is in
-- range, of patients low at baseline); "next therapy", "transplant". what: the response or isotype.
with seen as (
    select
        patient_key, elapsed(day) as day, response, response_depth(response) as depth,
        min(elapsed(day)) filter (where response = 'PD') over (partition by patient_key) as first_pd
    from responses() semi join cohort() c using (patient_key)
),
counted as (
    select
        patient_key, day, response, depth,
        coalesce(max(depth) over earlier, -1) as best_before
    from seen left join next_therapies() using (patient_key)
    where coalesce(day <= first_pd, true) and coalesce(day < next_therapy, true)
    window earlier as (
        partition by patient_key order by day, depth
        rows between unbounded preceding and 1 preceding
    )
),
progressed as (
    select patient_key, min(day) as day
    from (
        select patient_key, day from seen where response = 'PD'
        union all
        select patient_key, elapsed(coalesce(origin_day, 1)) + time_days - 1
        from outcomes() o semi join cohort() c using (patient_key)
        where endpoint = 'PFS' and event
    )
    group by patient_key
),
died as (
    select patient_key, min(elapsed(coalesce(origin_day, 1)) + time_days - 1) as day
    from outcomes() where endpoint = 'OS' and event group by patient_key
)
select patient_key, if(best_before < $least_depth, 'response', 'deeper') as kind, day,
    response as what
from counted where depth >= $least_depth and depth > best_before
union all
-- A PFS event on the day of death is the death.
select patient_key, 'progression', p.day, 'PD'
from progressed p left join died d using (patient_key) where coalesce(p.day < d.day, true)
union all
select patient_key, 'normalised', elapsed(f_day), analyte
from verdicts() where improved and baseline_class = 'low'
union all
select patient_key, kind, elapsed(start_day), kind
from therapies() semi join cohort() c using (patient_key)
where kind in ('transplant', 'next therapy')
order by patient_key, day, kind, what;

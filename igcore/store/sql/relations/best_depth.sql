-- Grain: one row per patient with a response on or before the first PD and before the first next therapy.
-- depth: of the best one, null where all of them are NE.
with dated as (
    select
        patient_key, elapsed(day) as day, response_depth(response) as depth,
        min(elapsed(day)) filter (where response = 'PD') over (partition by patient_key) as first_pd
    from responses()
)
select patient_key, max(depth) as depth
from dated left join next_therapies() using (patient_key)
where coalesce(day <= first_pd, true) and coalesce(day < next_therapy, true)
group by patient_key

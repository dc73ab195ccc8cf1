-- Grain: one row per trial: the dates from which progression-free survival could be made (S15).
-- survived: patients with OS; assessed: response assessments that tell something; progressed: PD
-- among them; treated: starts of a next therapy.
with seen as (
    select
        patient_key, count(*) as assessed, count(*) filter (where response = 'PD') as progressed
    from responses_of($version) where response <> 'NE' group by patient_key
),
therapy as (
    select patient_key, count(*) as treated
    from therapies_of($version) where kind = 'next therapy' group by patient_key
),
survived as (
    select distinct patient_key from outcomes_of($version) where endpoint = 'OS'
)
select
    p.trial,
    count(o.patient_key) as survived,
    coalesce(sum(s.assessed), 0)::bigint as assessed,
    coalesce(sum(s.progressed), 0)::bigint as progressed,
    coalesce(sum(t.treated), 0)::bigint as treated
from patients_at($version) p
left join survived o using (patient_key)
left join seen s using (patient_key)
left join therapy t using (patient_key)
group by p.trial
order by p.trial;

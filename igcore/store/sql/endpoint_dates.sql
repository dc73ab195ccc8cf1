-- Grain: one row per trial: the dates from which progression-free survival could be made (S15).
-- survived: patients with OS; assessed: response assessments that tell something; progressed: PD
-- among them; treated: starts of a next therapy.
with seen as (
    select
        patient_key, count(*) as assessed, count(*) filter (where response = 'PD') as progressed
    from responses() where response <> 'NE' group by patient_key
),
therapy as (
    select patient_key, count(*) as treated
    from therapies() where kind = 'next therapy' group by patient_key
),
survived as (
    select distinct patient_key from outcomes() where endpoint = 'OS'
)
select
    p.trial,
    count(o.patient_key) as survived,
    coalesce(sum(s.assessed), 0)::bigint as assessed,
    coalesce(sum(s.progressed), 0)::bigint as progressed,
    coalesce(sum(t.treated), 0)::bigint as treated
from named_patients() p
left join survived o using (patient_key)
left join seen s using (patient_key)
left join therapy t using (patient_key)
group by p.trial
order by p.trial;

-- Grain: one row per patient of the cohort: a lane, $most of them from place $first on, in $order.
-- Days are elapsed from first treatment (0). treated_to: last day of treatment, null where unknown;
-- end_day: death, or the day last seen (the end of OS or of any other endpoint, the last record,
-- whichever comes last); dead: true where OS has the death; depth: best response (5 CR to 0 PD);
-- first_response: see response_course; place: 1, 2, ... in the order; n: lanes in all.
with survived as (
    select
        patient_key,
        min(elapsed(coalesce(origin_day, 1)) + time_days - 1)
            filter (where endpoint = 'OS' and event) as death,
        max(elapsed(coalesce(origin_day, 1)) + time_days - 1) as followed
    from outcomes() group by patient_key
),
assessed as (
    select patient_key, max(elapsed(day)) as last_day
    from responses() group by patient_key
),
sampled as (
    select patient_key, max(elapsed(day)) as last_day
    from measurements() group by patient_key
),
lane as (
    select
        c.patient_key, c.trial, c.patient, c.arm,
        elapsed(c.treatment_end_day) as treated_to,
        death is not null as dead,
        greatest(0.0, coalesce(
            death, greatest(followed, a.last_day, s.last_day, elapsed(c.treatment_end_day))
        )) as end_day,
        b.depth, r.response_day as first_response
    from cohort() c
    left join survived using (patient_key)
    left join assessed a using (patient_key)
    left join sampled s using (patient_key)
    left join best_depth() b using (patient_key)
    left join response_course() r using (patient_key)
    where $everyone or r.response_day is not null
),
placed as (
    select
        *, count(*) over () as n,
        row_number() over (
            order by
                case $order
                    when 'response' then coalesce(depth, -1)
                    when 'treatment' then coalesce(treated_to, end_day)
                    else end_day
                end desc,
                end_day desc, trial, patient
        ) as place
    from lane
)
select * from placed where place >= $first and place < $first + $most order by place;

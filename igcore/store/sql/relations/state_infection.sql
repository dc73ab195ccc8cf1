-- Grain: one row per patient of the cohort: when the first severe infection came (S17), as in
-- state_response.sql. barred: "not_recorded" in trials without any infection, of any patient.
-- Rows of one term (trimmed, lower case, blanks as one) that follow each other within $gap_days are one
-- infection; it becomes severe on the first day of its first row of $grade or more, and counts if that
-- day comes after the start. A row without an end, or with one before its start, ends as it starts.
with recorded as (
    select distinct trial from infections() join named_patients() using (patient_key)
),
given as (
    select
        patient_key, lower(regexp_replace(trim(coalesce(term, '')), '\s+', ' ', 'g')) as name,
        elapsed(start_day) as first_day,
        greatest(elapsed(start_day), coalesce(elapsed(end_day), elapsed(start_day))) as last_day,
        try_cast(grade as integer) >= $grade as severe
    from infections() semi join cohort() using (patient_key)
),
reached as (
    select
        *, max(last_day) over (
            partition by patient_key, name order by first_day, last_day
            rows between unbounded preceding and 1 preceding
        ) as reach
    from given
),
numbered as (
    select
        *, sum((reach is null or first_day - reach > $gap_days)::integer) over (
            partition by patient_key, name order by first_day, last_day
        ) as episode
    from reached
),
severe as (
    select patient_key, min(first_day) filter (where severe) as day
    from numbered group by patient_key, name, episode
),
first as (
    select patient_key, min(day) as day from severe where day >= 0 group by patient_key
)
select
    c.patient_key, c.trial,
    case when f.day is not null then [{'day': f.day, 'reached': true}] end as turns,
    case when r.trial is null then 'not_recorded' end as barred,
    false as unseen
from cohort() c
left join recorded r using (trial)
left join first f using (patient_key)

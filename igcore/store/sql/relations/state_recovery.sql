-- Grain: one row per patient of the cohort: when one isotype recovered, and whether it can be seen (S14),
-- as in state_response.sql. barred: the reason of R1; all of it is known at the start. unseen: nothing
-- was counted later. It begins with the first counted sample that certainly rises and is in range, for
-- "confirmed" with the second of two in a row that are near enough, and where it can be left ends with the
-- first counted sample that does not. Of several samples on a day the last one decides.
-- $rule: the recovery rule with one isotype, final best or confirmed.
with sample as materialized (
    select * from samples()
),
base as (
    select
        patient_key, bool_or(baseline) as based, bool_or(counted and not replaced) as later,
        arg_max(level, moment) filter (baseline) as b_level,
        arg_max_null(operator, moment) filter (baseline) as b_operator
    from sample group by patient_key
),
met as (
    select
        s.patient_key, s.elapsed, s.moment,
        coalesce(
            rises(b_level, b_operator, level, operator, $rule['rise_factor'])
            and in_range(level, operator, coalesce(s.low, r.low), coalesce(s.high, r.high)),
            false
        ) as meets
    from sample s
    join base using (patient_key)
    left join ranges() r using (range_key, analyte)
    where counted and not replaced and based
),
followed as (
    select
        *,
        meets and ($rule['final'] = 'best'
            or (coalesce(lag(meets) over w, false) and elapsed - lag(elapsed) over w <= confirmed_days()))
            as begins,
        sum((not meets)::integer) over w as course
    from met window w as (partition by patient_key order by moment)
),
state as (
    select
        *,
        meets and bool_or(begins) over (partition by patient_key, course order by moment)
            as reached
    from followed where $can_be_left
),
daily as (
    select patient_key, elapsed as day, arg_max(reached, moment) as reached
    from state group by patient_key, elapsed
),
turned as (
    select patient_key, min(elapsed) as day, true as reached
    from followed where begins and not $can_be_left group by patient_key
    union all
    select patient_key, day, reached from daily
    qualify reached <> coalesce(lag(reached) over (partition by patient_key order by day), false)
),
listed as (
    select patient_key, list({'day': day, 'reached': reached} order by day) as turns
    from turned group by patient_key
)
select
    patient_key, o.trial, turns,
    case
        when not o.no_m_protein and o.involved is null then 'isotype_unknown'
        when not o.no_m_protein and list_contains(o.involved, $rule['analytes'][1]) then 'involved'
        when not o.no_m_protein and $rule['analytes'][1] = 'IgG' and o.replaced_at_start
            then 'replacement_at_baseline'
        when not coalesce(based, false) then 'no_baseline'
    end as barred,
    not coalesce(later, false) as unseen
from observation() o
left join base using (patient_key)
left join listed using (patient_key)

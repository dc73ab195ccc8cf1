-- Grain: one row per patient of the cohort: what decides which immunoglobulin values count (R3, R5).
-- end_day: elapsed day of the end of the observation, infinite where nothing ends it; the rest are
-- moments, so that one comparison places a value: last_dose_free (until which a value is from
-- before the first dose), until (last that counts), replaced_from and replaced_to (hull of the
-- replacements with their washout); replacements: the spans; range_key: see ranges.
-- $rule: struct of the recovery rule, see igcore/analysis/rule.py; a patient_key in it asks for one.
with progressed as (
    select patient_key, min(day) as day
    from (
        select patient_key, elapsed(day) as day from responses() where response = 'PD'
        union all
        select patient_key, elapsed(coalesce(origin_day, 1)) + time_days - 1
        from outcomes() where endpoint = 'PFS' and event
    )
    where list_contains($rule['stops'], 'progression')
    group by patient_key
),
given as (
    select
        patient_key,
        min(elapsed(start_day)) filter (kind = 'transplant') as transplant,
        min(elapsed(start_day)) filter (kind = 'next therapy') as next_therapy,
        bool_or(elapsed(start_day) <= 0 and coalesce(elapsed(end_day) >= 0, true))
            filter (kind = 'immunoglobulin replacement') as replaced_at_start,
        list({
            'first': moment(elapsed(start_day), null),
            'last': coalesce(moment(elapsed(end_day) + $rule['washout'], '23:59'), last_moment())
        }) filter (kind = 'immunoglobulin replacement') as replacements
    from therapies() group by patient_key
),
ended as (
    select
        c.*, t.laboratory, g.replacements,
        coalesce(g.replaced_at_start, false) as replaced_at_start,
        least(
            elapsed(c.treatment_end_day) + 30, p.day,
            case when list_contains($rule['stops'], 'transplant') then g.transplant end
        ) as last_day,
        case when list_contains($rule['stops'], 'next therapy') then g.next_therapy end as before_day
    from cohort() c
    join trials() t using (trial)
    left join progressed p using (patient_key)
    left join given g using (patient_key)
    where $rule['patient_key'] = 0 or c.patient_key = $rule['patient_key']
)
select
    patient_key, trial, patient, involved, no_m_protein, replaced_at_start,
    range_key(laboratory_of($rule['range'], laboratory), sex, age_years) as range_key,
    coalesce(least(last_day, before_day), 'infinity'::double) as end_day,
    case when treatment_start_time is null then moment(1, null) - 1
        else moment(0, treatment_start_time) end as last_dose_free,
    coalesce(least(moment(last_day, '23:59'), moment(before_day, null) - 1), last_moment()) as until,
    coalesce(list_min(list_transform(replacements, lambda s: s['first'])), last_moment())
        as replaced_from,
    coalesce(list_max(list_transform(replacements, lambda s: s['last'])), 0) as replaced_to,
    coalesce(len(replacements) > 1, false) as several_replacements,
    replacements
from ended

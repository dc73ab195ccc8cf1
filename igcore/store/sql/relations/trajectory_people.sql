-- Grain: one row per patient of the cohort. involved: isotypes that hold M-protein, null where that is
-- not known; label: the group, null for none; replaced_from, replaced_to: hull of the replacements
-- with their washout in elapsed days, null without any; replacements: the spans.
with responder as (
    select patient_key, true as responds from response_days(least_depth := $asked['least_depth'])
    where $asked['group'] = 'response'
),
replacement as (
    select
        patient_key, min(elapsed(start_day)) as replaced_from,
        max(coalesce(elapsed(end_day) + washout_days(), 'infinity'::double)) as replaced_to,
        list({
            'first': elapsed(start_day),
            'last': coalesce(elapsed(end_day) + washout_days(), 'infinity'::double)
        }) as replacements
    from therapies() where kind = 'immunoglobulin replacement' group by patient_key
)
select
    c.patient_key, c.treatment_start_time, i.replaced_from, i.replaced_to, i.replacements,
    if(c.no_m_protein, []::varchar[], c.involved) as involved,
    range_key(laboratory_of($asked['range'], t.laboratory), c.sex, c.age_years) as range_key,
    case $asked['group']
        when 'none' then 'all'
        when 'trial' then c.trial
        when 'arm' then c.arm
        when 'response' then
            case when list_contains($asked['response_trials'], c.trial)
                then if(coalesce(r.responds, false), 'responder', 'non-responder') end
    end as label
from cohort() c
join trials() t using (trial)
left join responder r using (patient_key)
left join replacement i using (patient_key)

-- Grain: one row per doubt about a patient's own row, or about an id that two trials share.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with judged as (
    select p.*, response_depth(p.best_response) as claimed, d.best as dated, w.other
    from said_patients p
    left join doubt_response d using (trial, patient)
    left join doubt_twice w using (trial, patient)
),
told as (
    select *, unnest([
        {'kind': case when age_years < 18 then 'age_young' end, 'about': '',
            'col': 'age_years', 'shown': format('{:g}', age_years)},
        {'kind': case when age_years > 89 then 'age_90' end, 'about': '',
            'col': 'age_years', 'shown': format('{:g}', age_years)},
        {'kind': case when treatment_start is null then 'no_start' end, 'about': trial,
            'col': 'treatment_start', 'shown': null},
        {'kind': case when treatment_end_day < 1 then 'end_before_start' end, 'about': '',
            'col': 'treatment_end_day', 'shown': format('{:g}', treatment_end_day)},
        {'kind': case when (claimed >= 3) <> (dated >= 3) then 'best_response' end, 'about': '',
            'col': 'best_response', 'shown': best_response},
        {'kind': case when other is not null then 'two_trials' end,
            'about': least(trial, other) || ' and ' || greatest(trial, other),
            'col': 'patient', 'shown': patient}
    ], max_depth := 2)
    from judged
)
select
    kind, about, 'patients' as tab, col, file, sheet, line, ord, patient, shown as value, 1 as n
from told where kind is not null

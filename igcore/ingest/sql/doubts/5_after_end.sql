-- Grain: one row per record more than a day after the patient's death, or after last seen alive.
-- A day's grace, as durations in months are rounded to days.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with late as (
    select g.trial, g.patient, g.analyte from doubt_group g
    join doubt_end e using (trial, patient)
    group by g.trial, g.patient, g.analyte having max(elapsed(g.last_day) - e.last_alive) > 1
),
record as (
    select 'measurements' as tab, 'day' as col, file, sheet, line, ord, trial, patient, day
    from said_measurements semi join late using (trial, patient, analyte)
    union all
    select 'responses', 'day', file, sheet, line, ord, trial, patient, day from said_responses
    union all
    select 'therapies', 'start_day', file, sheet, line, ord, trial, patient, start_day
    from said_therapies
    union all
    select 'infections', 'start_day', file, sheet, line, ord, trial, patient, start_day
    from said_infections
    union all
    select 'patients', 'treatment_end_day', file, sheet, line, ord, trial, patient, treatment_end_day
    from said_patients
)
select
    if(e.died, 'after_death', 'after_last_seen') as kind, '' as about, r.tab, r.col, r.file, r.sheet,
    r.line, r.ord, r.patient, format('{:g}', r.day) as value, 1 as n
from record r join doubt_end e using (trial, patient)
where elapsed(r.day) > e.last_alive + 1

-- Grain: one row per immunoglobulin value of the cohort that is a baseline candidate or comes after
-- it, of the patients with at most one replacement or of those with $several, whose spans must be
-- searched. level, low, high: g/L, limits the record's own, null where it has none or a range is
-- named; elapsed: days; moment: their order; baseline: candidate for the baseline (R2);
-- counted: after the start and within the observation (R3); replaced: IgG not endogenous;
-- stored: the place of its row, see finals.
with drawn as (
    select
        m.patient_key, m.analyte, m.stored, m.day, m.time, m.operator,
        m.value_g_per_l as level, o.range_key,
        case when $rule['range'] = 'own' then m.low_g_per_l end as low,
        case when $rule['range'] = 'own' then m.high_g_per_l end as high,
        elapsed(m.day) as elapsed, moment(elapsed(m.day), m.time) as moment,
        o.last_dose_free, o.until, o.replaced_from, o.replaced_to, o.replacements
    from measurements() m
    join observation() o using (patient_key)
    where o.several_replacements = $several
      -- two comparisons that the scan makes by itself; verdicts drops what lies between them
      and m.analyte >= list_min($rule['analytes']) and m.analyte <= list_max($rule['analytes'])
      and m.value_g_per_l is not null
      and m.day between -$rule['baseline_window'] and 1e6
)
select
    * exclude (last_dose_free, until, replaced_from, replaced_to, replacements),
    moment <= last_dose_free and elapsed <= 0 as baseline,
    moment > last_dose_free and moment <= until as counted,
    moment >= replaced_from and moment <= replaced_to and analyte = 'IgG'
        and (not $several or len(list_filter(
            replacements, lambda s: moment >= s['first'] and moment <= s['last'])) > 0
        ) as replaced
from drawn

-- One row per patient of the cohort and analyte that has a baseline or a counted value:
-- b and f hold the baseline and the final sample (structs of samples_at), chosen by R2 and R4.
-- rise_factor: 1.25 for a rise of 25 %; final: last, best or confirmed.
create or replace macro finals_at(v, who, analytes, rise_factor, final) as table
with drawn as (select * from samples_at(v, who, analytes)),
base as (
    select patient_key, analyte, max_by(drawn, row(elapsed, time)) as b
    from drawn where baseline group by patient_key, analyte
),
later as (
    select
        patient_key, analyte, drawn as f, b,
        row(drawn.elapsed, drawn.time) as moment,
        rises(b.level, b.operator, drawn.level, drawn.operator, rise_factor)
            and in_range(drawn.level, drawn.operator, drawn.low, drawn.high) as meets
    from drawn left join base using (patient_key, analyte)
    where counted and not replaced
),
sequence as (
    select
        *,
        coalesce(meets and lag(meets) over w and f.elapsed - lag(f.elapsed) over w <= 84, false)
            as confirms
    from later window w as (partition by patient_key, analyte order by moment)
),
chosen as (
    select
        patient_key, analyte,
        coalesce(bool_or(confirms), false) as confirmed,
        case final
            when 'best' then coalesce(
                min_by(f, row(-round(f.level, 9), moment)) filter (where meets),
                min_by(f, row(-round(f.level, 9), moment))
            )
            when 'confirmed' then
                coalesce(min_by(f, moment) filter (where confirms), max_by(f, moment))
            else max_by(f, moment)
        end as f
    from sequence group by patient_key, analyte
),
dropped as (
    select patient_key, analyte, count(*) as n from drawn
    where counted and replaced group by patient_key, analyte
)
select patient_key, analyte, b, f, confirmed, coalesce(n, 0) as n_replaced
from base
full join chosen using (patient_key, analyte)
full join dropped using (patient_key, analyte);

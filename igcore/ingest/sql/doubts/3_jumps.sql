-- Grain: one row per immunoglobulin value 50 to 200, or 500 to 2000, times its neighbour's.
-- Of two neighbours the one further from the patient's mean (of logarithms) is meant. Values with
-- an operator are left out.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with suspect as (
    -- One number in place of three texts makes the window below much faster.
    select trial, patient, analyte, row_number() over () as series from doubt_group
    where analyte in (select analyte from doubt_bound)
    group by trial, patient, analyte having max(most) >= 50 * min(least) and min(least) > 0
),
measured as (
    select m.*, s.series, ln(m.value * m.factor) as level
    from said_measurements m join suspect s using (trial, patient, analyte)
    where m.operator is null and m.value > 0 and m.factor is not null and m.day is not null
),
placed as (
    select
        *,
        avg(level) over (partition by series) as middle,
        lag(level) over neighbours as before,
        lead(level) over neighbours as after
    from measured
    window neighbours as (partition by series order by day, time nulls first, ord)
),
jumping as (
    select
        *,
        case when abs(level - middle) >= abs(before - middle) then abs(level - before) end as step_in,
        case when abs(level - middle) > abs(after - middle) then abs(level - after) end as step_out
    from placed
),
told as (
    select *, case
        when step_in between ln(50) and ln(200) or step_out between ln(50) and ln(200) then '100'
        when step_in between ln(500) and ln(2000) or step_out between ln(500) and ln(2000) then '1000'
    end as about
    from jumping
)
select
    'jump' as kind, about, 'measurements' as tab, 'value' as col, file, sheet, line, ord, patient,
    coalesce(m.operator, '') || format('{:g}', m.value) || coalesce(' ' || m.unit, '') as value, 1 as n
from told m where about is not null

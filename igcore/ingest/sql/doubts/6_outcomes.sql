-- Grain: one row per patient whose OS and PFS contradict each other, at the OS row if it is here.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with told as (
    select
        trial, patient,
        case
            when last_alive < progress - 0.5 then 'os_before_pfs'
            when died and not progressed and progress > last_alive - 0.5 then 'death_no_event'
        end as kind
    from doubt_end
)
select
    t.kind, '' as about, 'outcomes' as tab, if(t.kind = 'death_no_event', 'event', 'time_days') as col,
    o.file, o.sheet, o.line, o.ord, o.patient, o.endpoint || ' ' || format('{:g}', o.time_days) as value,
    1 as n
from told t join said_outcomes o using (trial, patient)
where t.kind is not null and o.endpoint in ('OS', 'PFS')
qualify row_number() over (partition by trial, patient order by o.endpoint, o.ord) = 1

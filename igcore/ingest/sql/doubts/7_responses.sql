-- Grain: one row per response before treatment, or that the outcome PFS contradicts.
-- Columns: kind, about, tab, col, file, sheet, line, ord, patient, value (text), n (rows meant).
with judged as (
    select
        r.*, elapsed(r.day) as since, d.responded, d.relapsed, e.progress, e.progressed
    from said_responses r
    left join doubt_response d using (trial, patient)
    left join doubt_end e using (trial, patient)
),
told as (
    select
        *,
        case
            when day < 1 and response <> 'NE' then 'early_response'
            when response_depth(response) >= 3 and since = responded and progressed and since > progress + 1
                then 'response_after_progress'
            when response = 'PD' and since = relapsed and not progressed and since <= progress
                then 'progress_no_event'
        end as kind
    from judged
)
select
    kind, '' as about, 'responses' as tab, if(kind = 'early_response', 'day', 'response') as col,
    file, sheet, line, ord, patient, response || ' on day ' || format('{:g}', day) as value, 1 as n
from told where kind is not null

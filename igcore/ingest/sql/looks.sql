-- Grain: one row per column of look_cells (number, text, n): how its cells look, n cells a text.
-- Numbers and dates are told apart as reading.sql reads them; what both could be is a number.
with cell as (
    select
        number, text, n,
        case
            when regexp_matches(text,
                '^[+-]?(\d+[.,]?\d*|[.,]\d+|\d{1,3}([.,]\d{3})+([.,]\d+)?)([eE][+-]?\d+)?$')
                then 'number'
            when regexp_matches(text, '^\d{4}[-./]\d{1,2}[-./]\d{1,2}([T ].*)?$') then 'iso'
            when regexp_matches(text, '^\d{1,2}[-./ ]+\d{1,2}[-./ ]+\d{2}(\d{2})?([T ,].*)?$')
                then 'figures'
            when regexp_matches(text, '^([<>]=?|≤|≥)\s*(\d+([.,]\d+)*|[.,]\d+)$') then 'reading'
            when regexp_matches(lower(text),
                '^(bl|base.{0,12}|basal.{0,12}|screen.{0,12}|pre.{0,12}|vor.{0,12}|start|beginn|'
                || '(m|mo|mon|month|monat|mois|mes|mese)[ ._-]*\d{1,3})$') then 'label'
            when regexp_matches(lower(text),
                '^(\d{1,2}[-./ ]*(de )?)?(jan|feb|f[eé]v|m[aä]r|mrz|abr|apr|avr|mai|may|mag|jun|juin|giu'
                || '|jul|juil|lug|aug|ao[uû]|ago|sep|set|oct|okt|ott|nov|dec|dez|d[eé]c|dic|ene'
                || '|gen)[[:alpha:]éûôäö]*\.?[-./, ]*(de )?(\d{1,2},?[-./ ]+)?\d{2}(\d{2})?([T :,].*)?$')
                then 'named'
            when regexp_matches(text, '^\d{1,2}:\d{2}(:\d{2})?$') then 'clock'
            when regexp_matches(text, '^(\d{1,2}[-/](19|20)\d{2}|(19|20)\d{2}[-/]\d{1,2})$')
                then 'partial'
        end as kind
    from look_cells
),
read as (
    select
        *,
        case when kind = 'figures' then regexp_extract(text, '^(\d+)', 1)::integer end as first,
        case when kind = 'figures'
            then regexp_extract(text, '^\d+[-./ ]+(\d+)', 1)::integer end as second,
        case when kind in ('number', 'reading') then ltrim(text, '<>=≤≥ +-') end as bare,
        case when kind = 'number' then try_cast(replace(text, ',', '.') as double) end as value,
        length(bare) - length(replace(bare, ',', '')) as commas,
        length(bare) - length(replace(bare, '.', '')) as points,
        commas + points = 1 and regexp_matches(bare, '^[1-9]\d{0,2}[.,]\d{3}$') as open,
        if(strpos(reverse(bare), ',') < strpos(reverse(bare), '.'), ',', '.') as last_sign
    from cell
)
select
    number,
    sum(n) as filled,
    count(distinct text) filter ($exact) as texts,
    coalesce(sum(n) filter (kind = 'number'), 0) as numbers,
    coalesce(sum(n) filter (kind = 'figures'), 0) as figures,
    coalesce(sum(n) filter (kind = 'iso'), 0) as iso,
    coalesce(sum(n) filter (kind = 'named'), 0) as named,
    -- 15000 is in 1941, 80000 in 2119; the second form is yyyymmdd.
    coalesce(sum(n) filter (
        kind = 'number' and (value between 15000 and 80000
            and regexp_matches(text, '^\d{5}(\.\d+)?$') or regexp_matches(text, '^(19|20)\d{6}$'))), 0) as serials,
    coalesce(sum(n) filter (kind = 'reading'), 0) as readings,
    coalesce(sum(n) filter (kind = 'label'), 0) as labels,
    coalesce(sum(n) filter (kind = 'clock'), 0) as clocks,
    coalesce(sum(n) filter (kind = 'partial'), 0) as partial,
    coalesce(sum(n) filter (first <= 31 and second <= 12), 0) as dmy,
    coalesce(sum(n) filter (first <= 12 and second <= 31), 0) as mdy,
    min(text, 2) filter (first <= 12 and second <= 12 and first <> second) as either,
    min(text, 2) filter (open) as open_examples,
    coalesce(bool_or(open and commas = 1), false) as open_comma,
    coalesce(bool_or(open and points = 1), false) as open_point,
    coalesce(bool_or(commas = 1 and (points = 0 and not open or points > 0 and last_sign = ',')),
        false) as comma_decimal,
    coalesce(bool_or(points = 1 and (commas = 0 and not open or commas > 0 and last_sign = '.')),
        false) as point_decimal,
    coalesce(bool_or(commas > 1 or commas = 1 and points > 0 and last_sign = '.'),
        false) as comma_groups,
    coalesce(bool_or(points > 1 or points = 1 and commas > 0 and last_sign = ','),
        false) as point_groups,
    coalesce(bool_or(regexp_matches(bare, '^0?[.,]\d{3}$')), false) as three_decimals,
    min(value) as lowest,
    max(value) as highest,
    approx_quantile(value, 0.5) as middle,
    coalesce(sum(n) filter (value = floor(value)), 0) as whole,
    coalesce(bool_or(value = 0), false) as zeros
from read
group by number
order by number;

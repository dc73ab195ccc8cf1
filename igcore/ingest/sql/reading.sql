-- How clinics write: numbers and dates -> plain text in our templates' form; null where unreadable.

-- read_number: "1.234,5", "1,234.5", "0,49", "<0,07" -> "1234.5", "1234.5", "0.49", "<0.07".
-- grouping: the sign that groups thousands, or '' where a lone sign is the decimal sign.
create or replace temp macro read_number(text, grouping) as
    case
        when contains(text, ',') and contains(text, '.') then
            if(strpos(reverse(text), ',') < strpos(reverse(text), '.'),
                replace(replace(text, '.', ''), ',', '.'), replace(text, ',', ''))
        when grouping <> '' and contains(text, grouping) then replace(text, grouping, '')
        when length(text) - length(replace(text, ',', '')) > 1 then replace(text, ',', '')
        when length(text) - length(replace(text, '.', '')) > 1 then replace(text, '.', '')
        else replace(text, ',', '.')
    end;

-- month_of: 1 to 12 from a month's name in English, German, French, Spanish or Italian, lower case
-- without accents; null for any other word.
create or replace temp macro month_of(word) as
    case
        when regexp_matches(word, '^(jan|ene|gen)') then 1
        when regexp_matches(word, '^(feb|fev)') then 2
        when regexp_matches(word, '^(mar|mae|mrz)') then 3
        when regexp_matches(word, '^(apr|avr|abr)') then 4
        when regexp_matches(word, '^(may|mai|mag)') then 5
        when regexp_matches(word, '^(jun|juin|giu)') then 6
        when regexp_matches(word, '^(jul|juil|lug)') then 7
        when regexp_matches(word, '^(aug|aou|ago)') then 8
        when regexp_matches(word, '^(sep|set)') then 9
        when regexp_matches(word, '^(oct|okt|ott|out)') then 10
        when regexp_matches(word, '^nov') then 11
        when regexp_matches(word, '^(dec|dez|dic)') then 12
    end;

-- date_of: the date of a year, month and day given as text; null where there is no such day.
create or replace temp macro date_of(y, m, d) as
    try_cast(
        if(length(y) = 2, if(y::integer < 70, '20', '19') || y, y)
        || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') as date);

-- read_date: from ISO text, from figures in the order "dmy" or "mdy" with any separator, from a month's
-- name, or from an Excel serial number. A partial date (2007, 03/2007, 2007-03) is null: a day is
-- never guessed.
create or replace temp macro read_date(text, date_order) as
    case
        when regexp_matches(text, '^\d{4}[-./]\d{1,2}[-./]\d{1,2}([T ].*)?$') then date_of(
            left(text, 4), regexp_extract(text, '^\d{4}[-./](\d{1,2})', 1),
            regexp_extract(text, '^\d{4}[-./]\d{1,2}[-./](\d{1,2})', 1))
        when regexp_matches(text, '^(19|20)\d{6}$')
            then date_of(left(text, 4), text[5:6], text[7:8])
        when regexp_matches(text, '^\d{1,2}[-./ ]+\d{1,2}[-./ ]+(\d{4}|\d{2})([T ,].*)?$') then date_of(
            regexp_extract(text, '^\d{1,2}[-./ ]+\d{1,2}[-./ ]+(\d{4}|\d{2})', 1),
            regexp_extract(
                text, if(date_order = 'mdy', '^(\d{1,2})', '^\d{1,2}[-./ ]+(\d{1,2})'), 1),
            regexp_extract(
                text, if(date_order = 'mdy', '^\d{1,2}[-./ ]+(\d{1,2})', '^(\d{1,2})'), 1))
        when regexp_matches(strip_accents(text),
            '^\d{1,2}[-./ ]*(?:de )?[A-Za-z]{3,}\.?[-./, ]*(?:de )?(\d{4}|\d{2})([T :,].*)?$') then date_of(
            regexp_extract(strip_accents(text), '[A-Za-z]\.?[-./, ]*(?:de )?(\d{4}|\d{2})', 1),
            month_of(regexp_extract(lower(strip_accents(text)), '([a-z]{3,})', 1))::varchar,
            regexp_extract(text, '^(\d{1,2})', 1))
        when regexp_matches(strip_accents(text),
            '^[A-Za-z]{3,}\.?[-./ ]+\d{1,2},?[-./ ]+\d{4}([T :,].*)?$') then date_of(
            regexp_extract(text, '(\d{4})', 1),
            month_of(regexp_extract(lower(strip_accents(text)), '([a-z]{3,})', 1))::varchar,
            regexp_extract(text, '[^\d](\d{1,2})[^\d]', 1))
        -- Excel counts days from 1899-12-30; 15000 is in 1941, 80000 in 2119.
        when regexp_matches(text, '^\d{5}(\.\d+)?$') and text::double between 15000 and 80000
            then date '1899-12-30' + floor(text::double)::integer
    end;

-- read_month: months of treatment from a visit's label: "M3", "Month 3", "Monat 3", "3" -> 3;
-- "BL", "baseline", "screening" -> 0; null for any other label.
create or replace temp macro read_month(text) as
    case
        when regexp_matches(lower(text), '^(bl|base.*|basal.*|screen.*|pre.*|vor.*|start|beginn)$')
            then 0
        else try_cast(replace(regexp_extract(
            lower(strip_accents(text)), '^(?:m|mo|mon|month|monat|mois|mes|mese)?[ ._-]*(\d+([.,]\d+)?)$',
            1), ',', '.') as double)
    end;

-- adam_date: a date from ISO text, DATE9 or DATE11 text, with or without a time behind it, from
-- yyyymmdd, or from a SAS number (days, or seconds, since 1960-01-01).
create or replace temp macro adam_date(text) as
case
    when try_cast(text as double) is null and regexp_matches(text, '^\d{4}-\d{2}-\d{2}')
        then try_cast(left(text, 10) as date)
    when try_cast(text as double) is null then try_strptime(
        regexp_extract(replace(text, '-', ''), '^\d{1,2}[A-Za-z]{3}\d{4}'), '%d%b%Y')::date
    when abs(try_cast(text as double)) < 1e5
        then date '1960-01-01' + floor(try_cast(text as double))::integer
    -- As seconds these would all lie in 1960 and 1961.
    when regexp_matches(text, '^(19|20)\d{6}$') then try_strptime(text, '%Y%m%d')::date
    when abs(try_cast(text as double)) < 1e10
        then date '1960-01-01' + floor(try_cast(text as double) / 86400)::integer
end;

-- study_day: CDISC study day of a date: day 1 is the start, the day before it is -1.
create or replace temp macro study_day(day, start) as
    day - start + case when day >= start then 1 else 0 end;

-- clock_of: hh:mm of a date-time text; null where there is none or it is an imputed midnight.
create or replace temp macro clock_of(text) as
    nullif(nullif(regexp_extract(text, '[T ](\d{2}:\d{2})', 1), ''), '00:00');

-- iso_date: a date from ISO text alone; null for a partial one, such as 2008 or 2008-01.
create or replace temp macro iso_date(text) as
    case when regexp_matches(text, '^\d{4}-\d{2}-\d{2}') then try_cast(left(text, 10) as date) end;

-- day_from: study day from SDTM's own, which is counted from RFSTDTC; that may precede treatment.
create or replace temp macro day_from(text, reference, start) as
case
    when try_cast(text as integer) = 0 then null
    when reference is null or start is null then try_cast(text as integer)
    else study_day(
        reference + (try_cast(text as integer) - if(try_cast(text as integer) > 0, 1, 0)), start)
end;

-- adam_date: a date from ISO text, DATE9 text or a SAS number (days, or seconds, since 1960-01-01).
create or replace temp macro adam_date(text) as
case
    when try_cast(text as double) is null and regexp_matches(text, '^\d{4}-\d{2}-\d{2}')
        then try_cast(left(text, 10) as date)
    when try_cast(text as double) is null then try_strptime(text, '%d%b%Y')::date
    when abs(try_cast(text as double)) < 1e5
        then date '1960-01-01' + floor(try_cast(text as double))::integer
    when abs(try_cast(text as double)) < 1e10
        then date '1960-01-01' + floor(try_cast(text as double) / 86400)::integer
end;

-- study_day: CDISC study day of a date: day 1 is the start, the day before it is -1.
create or replace temp macro study_day(day, start) as
    day - start + case when day >= start then 1 else 0 end;

-- clock_of: hh:mm of a date-time text; null where there is none or it is an imputed midnight.
create or replace temp macro clock_of(text) as
    nullif(nullif(regexp_extract(text, '[T ](\d{2}:\d{2})', 1), ''), '00:00');

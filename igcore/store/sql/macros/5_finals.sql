-- Samples with the rank by which the final value is chosen: the highest is it (R4). The rank is
-- null for what is no candidate, -1 outside the window of a month, -2 under replacement.
-- Last and month need no baseline, so that all of it is one pass over the measurements; the other
-- branch is not run, because the rule is known when the question is planned.
create or replace macro candidates_at(v, who, rule) as table
with timed as (
    select
        s.*,
        case
            -- the constant condition first, so that the plan holds no other branch
            when rule['final'] = 'last' then
                case when counted then case when replaced then -2 else moment end end
            when not counted then null
            when replaced then -2
            when abs(elapsed - rule['month_day']) > rule['window'] * (1 + 1e-9) then -1
            -- the nearest, of two equally near the later; the time of day decides within a day
            else ((1e6 * (1e4 - abs(elapsed - rule['month_day'])))::bigint * 2
                + (elapsed >= rule['month_day'])::bigint) * 2000 + moment % 2000
        end as rank
    from samples_at(v, who, rule) s
    where rule['final'] in ('last', 'month')
),
base as (
    select
        patient_key, analyte, arg_max(level, moment) as b_level,
        arg_max_null(operator, moment) as b_operator
    from samples_at(v, who, rule)
    where baseline and rule['final'] in ('best', 'confirmed')
    group by patient_key, analyte
),
met as (
    select
        s.*,
        coalesce(
            rises(b_level, b_operator, level, operator, rule['rise_factor'])
            and in_range(level, operator, coalesce(s.low, r.low), coalesce(s.high, r.high)),
            false
        ) as meets
    from samples_at(v, who, rule) s
    left join base using (patient_key, analyte)
    left join ranges_at(v, who, rule) r using (range_key, analyte)
    where rule['final'] in ('best', 'confirmed')
),
highest as (
    select
        patient_key, analyte,
        coalesce(max(round(level, 9)) filter (meets), max(round(level, 9))) as level,
        bool_or(meets) as some_meet
    from met where counted and not replaced and rule['final'] = 'best'
    group by patient_key, analyte
),
best as (
    select
        s.* exclude (meets),
        case
            when not counted then null
            when replaced then -2
            when round(s.level, 9) = h.level and (meets or not some_meet)
                then 2 * last_moment() - moment
        end as rank
    from met s left join highest h using (patient_key, analyte)
    where rule['final'] = 'best'
),
following as (
    select
        patient_key, analyte, moment,
        meets
            and coalesce(lag(meets) over w, false)
            and elapsed - lag(elapsed) over w <= 84 as confirms
    from met where counted and not replaced and rule['final'] = 'confirmed'
    window w as (partition by patient_key, analyte order by moment)
)
select * from timed
union all by name
select * from best
union all by name
select
    s.* exclude (meets),
    case
        when not counted then null
        when replaced then -2
        when confirms then 2 * last_moment() - moment
        else moment
    end as rank
from met s left join following using (patient_key, analyte, moment)
where rule['final'] = 'confirmed';

-- One row per patient of the cohort and analyte with a baseline or a value after it: both samples.
-- b_*: baseline; f_*: final value, null where there is none; levels and limits in g/L, limits the
-- record's own; f_rank: -1 and -2 as above where no later value is a candidate.
-- NaN stands for a missing limit on the way: arg_max skips nulls, and its form that does not is slow.
-- filter (baseline) spares most rows the aggregates of the baseline.
create or replace macro finals_at(v, who, rule) as table
with keyed as (
    select
        *, ranked(moment, operator) as b_key,
        ranked(rank, operator) as f_key
    from candidates_at(v, who, rule)
),
chosen as (
    select
        patient_key, analyte,
        max(b_key) filter (baseline) as b_key,
        arg_max(level, b_key) filter (baseline) as b_level,
        arg_max(coalesce(low, 'nan'), b_key) filter (baseline) as b_low,
        arg_max(coalesce(high, 'nan'), b_key) filter (baseline) as b_high,
        arg_max(day, b_key) filter (baseline) as b_day,
        arg_max_null(time, b_key) filter (baseline) as b_time,
        arg_max(value, b_key) filter (baseline) as b_value,
        arg_max(unit, b_key) filter (baseline) as b_unit,
        max(f_key) as f_key, arg_max(level, f_key) as f_level,
        arg_max(coalesce(low, 'nan'), f_key) as f_low, arg_max(coalesce(high, 'nan'), f_key) as f_high,
        arg_max(day, f_key) as f_day, arg_max_null(time, f_key) as f_time,
        arg_max(value, f_key) as f_value, arg_max(unit, f_key) as f_unit
    from keyed group by patient_key, analyte
)
select
    * exclude (b_key, f_key) replace (
        case when f_key >= 0 then f_level end as f_level,
        case when not isnan(b_low) then b_low end as b_low,
        case when not isnan(b_high) then b_high end as b_high,
        case when f_key >= 0 and not isnan(f_low) then f_low end as f_low,
        case when f_key >= 0 and not isnan(f_high) then f_high end as f_high,
        case when f_key >= 0 then f_day end as f_day,
        case when f_key >= 0 then f_time end as f_time,
        case when f_key >= 0 then f_value end as f_value,
        case when f_key >= 0 then f_unit end as f_unit
    ),
    operator_of(b_key) as b_operator,
    case when f_key >= 0 then operator_of(f_key) end as f_operator,
    f_key >> 2 as f_rank
from chosen;

-- Grain: one row per sample, with the rank by which the final value is chosen: the highest is it (R4).
-- The rank is null for what is no candidate, -1 outside the window of a month, -2 under replacement.
-- Last and month need no baseline, so that all of it is one pass over the measurements; the other
-- branch is not run, because the rule is known when the question is planned.
with timed as (
    select
        s.*,
        case
            -- the constant condition first, so that the plan holds no other branch
            when $rule['final'] = 'last' then
                case when counted then case when replaced then -2 else moment end end
            when not counted then null
            when replaced then -2
            when abs(elapsed - $rule['month_day']) > $rule['window'] * (1 + 1e-9) then -1
            -- the nearest, of two equally near the later; the time of day decides within a day
            else ((1e6 * (1e4 - abs(elapsed - $rule['month_day'])))::bigint * 2
                + (elapsed >= $rule['month_day'])::bigint) * 2000 + moment % 2000
        end as rank
    from samples() s
    where $rule['final'] in ('last', 'month')
),
base as (
    select
        patient_key, analyte, arg_max(level, moment) as b_level,
        arg_max_null(operator, moment) as b_operator
    from samples()
    where baseline and $rule['final'] in ('best', 'confirmed')
    group by patient_key, analyte
),
met as (
    select
        s.*,
        coalesce(
            rises(b_level, b_operator, level, operator, $rule['rise_factor'])
            and in_range(level, operator, coalesce(s.low, r.low), coalesce(s.high, r.high)),
            false
        ) as meets
    from samples() s
    left join base using (patient_key, analyte)
    left join ranges() r using (range_key, analyte)
    where $rule['final'] in ('best', 'confirmed')
),
highest as (
    select
        patient_key, analyte,
        coalesce(max(round(level, 9)) filter (meets), max(round(level, 9))) as level,
        bool_or(meets) as some_meet
    from met where counted and not replaced and $rule['final'] = 'best'
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
    where $rule['final'] = 'best'
),
following as (
    select
        patient_key, analyte, moment,
        meets
            and coalesce(lag(meets) over w, false)
            and elapsed - lag(elapsed) over w <= confirmed_days() as confirms
    from met where counted and not replaced and $rule['final'] = 'confirmed'
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
where $rule['final'] = 'confirmed'

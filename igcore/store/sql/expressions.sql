-- Small scalar rules that several questions share; one value in, one value out. They are not made in
-- the pool: igcore/store/relations.py writes them out where they are used.

-- elapsed (days): study day on the elapsed scale: day 1 -> 0, day -1 -> -1 (there is no day 0).
create macro elapsed(day) as case when day > 0 then day - 1 else day end;

-- response_depth: 5 CR (sCR, CR), 4 VGPR (VGPR, nCR), 3 PR, 2 MR, 1 SD, 0 PD; null for NE.
create macro response_depth(response) as
case
    when response in ('sCR', 'CR') then 5
    when response in ('nCR', 'VGPR') then 4
    when response = 'PR' then 3
    when response = 'MR' then 2
    when response = 'SD' then 1
    when response = 'PD' then 0
end;

-- rises: true, false or null (open) for "final is at least q times baseline", by bounds only.
create macro rises(baseline, baseline_operator, final, final_operator, q) as
case
    when baseline_operator is not null and final_operator is not null then null
    when baseline_operator = '<' then
        case
            when final >= q * baseline * (1 - 1e-9) then true
            when final >= q * baseline / 2 * (1 - 1e-9) then null
            else false
        end
    when baseline_operator = '>' or final_operator = '<' then
        case when final >= q * baseline * (1 - 1e-9) then null else false end
    when final_operator = '>' then
        case when final >= q * baseline * (1 - 1e-9) then true end
    else final >= q * baseline * (1 - 1e-9)
end;

-- in_range: true, false or null (open) for "low <= value <= high", by bounds only.
create macro in_range(value, operator, low, high) as
case
    when operator = '<' then case when value <= low * (1 + 1e-9) then false end
    when operator = '>' then case when value >= high * (1 - 1e-9) then false end
    else value >= low * (1 - 1e-9) and value <= high * (1 + 1e-9)
end;

-- range_class: low, normal or high; where a bound leaves it open, "<x" stands at x/2, ">x" at x.
create macro range_class(value, operator, low, high) as
case
    when operator = '<' and value <= low * (1 + 1e-9) then 'low'
    when operator = '>' and value >= high * (1 - 1e-9) then 'high'
    when value / case when operator = '<' then 2 else 1 end < low * (1 - 1e-9) then 'low'
    when value / case when operator = '<' then 2 else 1 end > high * (1 + 1e-9) then 'high'
    when value is not null then 'normal'
end;

-- change_percent: from baseline to final by their bounds; null where both ends are bounds alike.
create macro change_percent(baseline, baseline_operator, final, final_operator) as
    case when baseline_operator = final_operator then null
        else 100 * (final / nullif(baseline, 0) - 1) end;

-- change_operator: ">=" or "<=" where that change is a bound itself.
create macro change_operator(baseline_operator, final_operator) as
case
    when baseline_operator = final_operator then null
    when baseline_operator = '<' or final_operator = '>' then '>='
    when baseline_operator = '>' or final_operator = '<' then '<='
end;

-- moment: order of samples as one whole number; of two on a day the one without time comes first.
-- elapsed: days from -1e6 to 1e6, told apart to a millionth; time: hh:mm or null.
create macro moment(elapsed, time) as
    (elapsed * 1e6)::bigint * 2000
    + case when time is null then 0
        else substr(time, 1, 2)::integer * 60 + substr(time, 4, 2)::integer + 1 end;

-- last_moment: later than all of them; 2^51, so that a rank with two more bits fits a bigint.
create macro last_moment() as 2251799813685248;

-- ranked: a rank with the operator in its last two bits: of two samples at one moment ">" goes
-- before "<", and both before a plain value.
create macro ranked(rank, operator) as
    rank * 4 + case operator when '<' then 1 when '>' then 2 else 0 end;

-- default_laboratory: whose range applies to a record without limits of its own (R5).
create macro default_laboratory() as 'U Chicago (Tietz/Roche)';

-- is_member: whether the bit of that key is set in members, a blob with one bit per patient key;
-- null: nobody is left out. A key past its end has no bit.
create macro is_member(members, key) as
    members is null or case
        when key < bit_length(members::bit) then get_bit(members::bit, key::integer) = 1
        else false
    end;

-- Whose range stands in (R5): the laboratory that the rule names, else the trial's, else the default.
create macro laboratory_of(range, laboratory) as
    case when range = 'own' then coalesce(laboratory, default_laboratory())
        else range end;

-- range_key: one number for patients whom the same rows of reference_ranges serve.
create macro range_key(laboratory, sex, age_years) as hash(laboratory, sex, age_years);

-- serves: whether a row of reference_ranges is for such a patient. Unknown age takes the row of the
-- oldest, unknown sex those of both. age_from is exclusive and null in the youngest row.
create macro serves(row_sex, age_from, age_to, sex, age_years) as
    (row_sex is null or sex is null or row_sex = sex)
    and coalesce(age_years > age_from, true)
    and (age_to is null or coalesce(age_years <= age_to, false));

-- coarse_verdict: improved, not improved, indeterminate, not evaluable or not assessable (R7).
create macro coarse_verdict(verdict) as
case
    when starts_with(verdict, 'improved') then 'improved'
    when verdict in ('indeterminate', 'not_evaluable', 'not_assessable')
        then replace(verdict, '_', ' ')
    when verdict is not null then 'not improved'
end;

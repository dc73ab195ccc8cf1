-- Small scalar rules that several questions share; one value in, one value out.
-- elapsed (days): study day on the elapsed scale: day 1 -> 0, day -1 -> -1 (there is no day 0).
create or replace macro elapsed(day) as case when day > 0 then day - 1 else day end;

-- response_depth: 5 CR (sCR, CR), 4 VGPR (VGPR, nCR), 3 PR, 2 MR, 1 SD, 0 PD; null for NE.
create or replace macro response_depth(response) as
case
    when response in ('sCR', 'CR') then 5
    when response in ('nCR', 'VGPR') then 4
    when response = 'PR' then 3
    when response = 'MR' then 2
    when response = 'SD' then 1
    when response = 'PD' then 0
end;

-- rises: true, false or null (open) for "final is at least q times baseline", by bounds only.
create or replace macro rises(baseline, baseline_operator, final, final_operator, q) as
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
create or replace macro in_range(value, operator, low, high) as
case
    when operator = '<' then case when value <= low * (1 + 1e-9) then false end
    when operator = '>' then case when value >= high * (1 - 1e-9) then false end
    else value >= low * (1 - 1e-9) and value <= high * (1 + 1e-9)
end;

-- range_class: low, normal or high; where a bound leaves it open, "<x" stands at x/2, ">x" at x.
create or replace macro range_class(value, operator, low, high) as
case
    when operator = '<' and value <= low * (1 + 1e-9) then 'low'
    when operator = '>' and value >= high * (1 - 1e-9) then 'high'
    when value / case when operator = '<' then 2 else 1 end < low * (1 - 1e-9) then 'low'
    when value / case when operator = '<' then 2 else 1 end > high * (1 + 1e-9) then 'high'
    when value is not null then 'normal'
end;

-- default_laboratory: whose range applies to a record without limits of its own (R5).
create or replace macro default_laboratory() as 'U Chicago (Tietz/Roche)';

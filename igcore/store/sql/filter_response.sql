-- Grain: one row per patient of the cohort whose best response is among $value (none: none recorded).
-- Dated responses count on or before the first PD and before the first next therapy (S2).
select c.patient_key
from cohort() c left join best_depth() b using (patient_key)
where list_contains(
    $value,
    case greatest(b.depth, response_depth(c.best_response))
        when 5 then 'CR' when 4 then 'VGPR' when 3 then 'PR' when 2 then 'MR' when 1 then 'SD'
        when 0 then 'PD' else 'none'
    end
);

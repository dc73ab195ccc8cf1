-- Grain: one row per patient of the cohort with a verdict among $value, such as IgA-not-improved.
select distinct patient_key
from verdicts()
where list_contains(
    $value,
    analyte || '-' || case
        when improved then 'improved'
        when verdict in ('indeterminate', 'not_evaluable', 'not_assessable')
            then replace(verdict, '_', '-')
        else 'not-improved'
    end
);

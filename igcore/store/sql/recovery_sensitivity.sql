-- Grain: one row per final rule, analyte, trial and what decides the denominators; n: patients.
select
    final, analyte, trial, baseline_class, assessable, evaluable, improved, count(*) as n
from (
    select 'last' as final, * from verdicts(rule['final'] := 'last')
    union all
    select 'best', * from verdicts(rule['final'] := 'best')
    union all
    select 'confirmed', *
    from verdicts(rule['final'] := 'confirmed')
    union all
    select 'month', * from verdicts(rule['final'] := 'month')
)
group by all
order by all;

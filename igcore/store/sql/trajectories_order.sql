-- Grain: one row per patient of the cohort, the first $most of them in the order in which lines are
-- drawn: that of their key's digest, the same in every view.
select patient_key from cohort()
order by md5(patient_key::varchar), patient_key limit $most;

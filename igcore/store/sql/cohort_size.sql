-- Grain: one row: how many patients the cohort has.
select count(*) as n from cohort();

-- Grain: one row per immunoglobulin value of the cohort, as in drawn, of all patients.
-- Not materialized: at 100,000 patients writing down all samples costs more than scanning them twice.
select * from drawn(several := false)
union all
select * from drawn(several := true)

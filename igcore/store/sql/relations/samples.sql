-- Grain: one row per immunoglobulin value of the cohort, as in drawn, of all patients.
select * from drawn(several := false)
union all
select * from drawn(several := true)

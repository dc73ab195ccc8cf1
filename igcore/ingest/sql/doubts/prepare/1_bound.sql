-- Grain: one row per immunoglobulin. low, high: plausible values in g/L.
-- 10-15000 mg/dL for IgG, 1-10000 for IgA and IgM: DOMAIN.md c.
create or replace temp table doubt_bound as
select * from (values ('IgG', 0.1, 150.0), ('IgA', 0.01, 100.0), ('IgM', 0.01, 100.0))
    as bounds (analyte, low, high)

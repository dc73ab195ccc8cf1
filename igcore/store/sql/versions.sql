-- Grain: one row per data version, newest first. written: UTC as the server's clock has it.
select version, action, upload, stated_by, why, written, igcore_version
from versions order by version desc;

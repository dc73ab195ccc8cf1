-- Grain: one row per data version, newest first. written: UTC as the server's clock has it.
-- trial: whose card the version edited, null otherwise.
select
    v.version, v.action, v.upload,
    (select min(t.trial) from trials t
     where t.added = v.version and t.upload is null and v.action = 'edit') as trial,
    v.stated_by, v.why, v.written, v.igcore_version
from versions v order by v.version desc;

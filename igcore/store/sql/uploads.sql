-- Grain: one row per upload, newest first. files, counts, warnings: JSON as recorded.
-- removed_in, why, removed_by: of its removal, null while it is in force; restored_in: the version
-- that brought it in again, if that was the last thing done to it.
select
    u.upload, u.version, u.stated_by, u.written, u.files, u.counts, u.warnings,
    if(v.action = 'remove', v.version, null) as removed_in,
    if(v.action = 'remove', v.why, null) as why,
    if(v.action = 'remove', v.stated_by, null) as removed_by,
    if(v.action = 'restore', v.version, null) as restored_in
from uploads u
join versions v on v.upload = u.upload
qualify row_number() over (partition by u.upload order by v.version desc) = 1
order by u.upload desc;

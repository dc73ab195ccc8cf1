-- Grain: one row per upload, newest first. files, counts, warnings: JSON as recorded.
select
    u.upload, u.version, u.stated_by, u.written, u.files, u.counts, u.warnings,
    r.version as removed_in, r.why, r.stated_by as removed_by
from uploads u
left join versions r on r.action = 'remove' and r.upload = u.upload
order by u.upload desc;

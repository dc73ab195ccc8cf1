-- Grain: one row per patient of the cohort whose id contains $text in any case, the first $most:
-- the id itself, then those that begin with it, then the shorter, then by trial and id. n: all that match.
select patient_key, trial, patient, count(*) over () as n
from cohort()
where contains(lower(patient), lower($text))
order by
    lower(patient) <> lower($text), not starts_with(lower(patient), lower($text)),
    length(patient), trial, patient, patient_key
limit $most;

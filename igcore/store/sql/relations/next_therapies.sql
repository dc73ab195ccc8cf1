-- Grain: one row per patient with a next therapy. next_therapy: elapsed day of the first one.
select patient_key, min(elapsed(start_day)) as next_therapy
from therapies() where kind = 'next therapy' group by patient_key

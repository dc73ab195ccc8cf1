-- Grain: one row per patient of the cohort who was followed for at least $value months.
-- days: from first treatment on the clock of time_days, on which day 1 is one day.
with seen as (
    select patient_key, elapsed(coalesce(origin_day, 1)) + time_days as days
    from outcomes()
    union all
    select patient_key, elapsed(day) + 1 from measurements()
    union all
    select patient_key, elapsed(day) + 1 from responses()
    union all
    select patient_key, elapsed(greatest(start_day, end_day)) + 1 from therapies()
    union all
    select patient_key, elapsed(greatest(start_day, end_day)) + 1 from infections()
    union all
    select patient_key, coalesce(elapsed(treatment_end_day) + 1, 0) from patients()
)
select patient_key
from cohort() semi join (
    select patient_key from seen group by patient_key
    having max(days) >= $value * days_per_month() * (1 - 1e-9)
) using (patient_key);

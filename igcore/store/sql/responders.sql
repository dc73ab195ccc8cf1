-- Grain: one row per responder (ever, S2) of the cohort: patient_key.
select patient_key from response_days() order by patient_key;

-- Grain: one row per patient of the cohort whom every filter on the patient's own row keeps.
select patient_key from kept();

-- Grain: one row per patient of the cohort, by trial and id.
select patient_key, trial, patient, arm, sex, age_years, m_protein
from cohort() order by trial, patient, patient_key;

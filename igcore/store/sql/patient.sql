-- Grain: the one patient with that key, if the version has it. age in years, days as study days.
select
    p.trial, p.patient, p.patient_key, p.arm, p.sex, p.age_years, p.m_protein, p.involved,
    p.best_response, p.treatment_start, p.treatment_start_time, p.treatment_end_day,
    t.title, t.simulated, t.no_m_protein
from named_patients() p join trials() t using (trial)
where p.patient_key = $patient_key;

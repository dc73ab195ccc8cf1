-- Grain: one row per infection of the patient. start_day, end_day: study days.
select start_day, end_day, term, grade from named_infections()
where patient_key = $patient_key order by elapsed(start_day), term;

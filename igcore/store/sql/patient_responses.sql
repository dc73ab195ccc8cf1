-- Grain: one row per response assessment of the patient. day: study day.
select day, response from named_responses()
where patient_key = $patient_key order by elapsed(day);

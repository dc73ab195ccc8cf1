-- Grain: one row per response assessment of the patient. day: study day.
select day, response from responses_at($version)
where patient_key = $patient_key order by elapsed(day);

-- Grain: one row per spell of therapy of the patient. start_day, end_day: study days.
select kind, start_day, end_day from named_therapies()
where patient_key = $patient_key order by elapsed(start_day), kind;

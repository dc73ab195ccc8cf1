-- Grain: one row per patient whom any row of this upload names.
create or replace temp table doubt_patient as
select trial, patient from said_patients
union select trial, patient from doubt_group
union select trial, patient from said_responses
union select trial, patient from said_outcomes
union select trial, patient from said_therapies
union select trial, patient from said_infections

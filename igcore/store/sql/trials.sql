-- Grain: one row per trial of the version. cutoff: date of the data cut-off or null.
select trial, title, cutoff, simulated, no_m_protein, laboratory from trials() order by trial;

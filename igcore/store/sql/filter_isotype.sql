-- Grain: one row per patient of the cohort with a monoclonal protein of a kind among $value: a heavy
-- chain such as IgG, light-chain, none (also non-secretory) or unknown.
select patient_key
from cohort()
where list_has_any(
    $value,
    case
        when len(involved) > 0 then involved
        when no_m_protein then ['none']
        when involved is null then ['unknown']
        when regexp_matches(lower(strip_accents(m_protein)), 'se[ck]re|se[cz]ern') then ['none']
        when regexp_matches(
            lower(strip_accents(m_protein)),
            'kappa|lambda|κ|λ|light|leicht|leger|liger|leve|legg|micromol|bence'
            || '|\b(bjp|lcd?|flc|[kl])\b'
        ) then ['light-chain']
        else ['none']
    end
);

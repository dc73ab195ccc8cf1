-- Grain: one row per ADCM, CM or PR record and kind of therapy, in the columns of the template
-- therapies; a drug may have two kinds (daratumumab as next therapy), most have none.
-- A kind of drug is told by its ATC code; by its name where there is no code of the fourth level.
insert into stage_therapies by name
with medication as (
    select *, 'ADCM' as source from known_adcm
    union all by name
    select *, 'CM' as source from known_cm
    union all by name
    select *, 'PR' as source from known_pr
),
record as (
    select
        m.*, coalesce($trial, STUDYID) as trial, USUBJID as patient,
        coalesce(k.start, adam_date(m.TRTSDT)) as start, k.reference,
        coalesce(k.treated, true) as treated, k.patient is null as unknown,
        bool_or(source = 'ADCM') over (partition by coalesce($trial, STUDYID)) as analysed,
        upper(concat_ws(' ', CMCLASCD, CMATCCD, ATCCD, ATC3CD, ATC4CD, ATC5CD,
            CMATC3CD, CMATC4CD, CMATC5CD)) as codes,
        lower(concat_ws(' | ', CMDECOD, CMTRT)) as words,
        lower(concat_ws(' | ', CMCAT, CMSCAT)) as category
    from medication m
    left join known_start k
        on k.trial = coalesce($trial, m.STUDYID) and k.patient = m.USUBJID
),
told as (
    select
        *,
        -- J06BA: normal human immunoglobulins; J06BB: specific ones. J06BC and J06BD are not.
        if(regexp_matches(codes, '\b[A-Z]\d\d[A-Z]{2}'),
            regexp_matches(codes, '\bJ06B[AB]'),
            regexp_matches(words, 'immun[eo]?[ -]?globulin|gamm?a[ -]?globulin'
                || '|\b(ivigg?|scig|igiv|igsc)\b'
                || '|privigen|gamunex|octagam|kiovig|gammagard|hizentra|cuvitru|hyqvia|flebogamma'
                || '|intratect|sandoglobulin|bivigam|panzyga|gammaplex|gammaked|gammanorm|cutaquig')
            and not regexp_matches(words, 'thymocyte|lymphocyte|thymoglob|antivenom|digoxin')
        ) as replacement,
        -- L01FC: CD38 inhibitors; daratumumab and isatuximab were L01XC24 and L01XC38 before 2022.
        regexp_matches(codes, '\b(L01FC|L01XC24|L01XC38)')
            or regexp_matches(words, 'daratumumab|darzalex|isatuximab|sarclisa') as anti_cd38,
        regexp_matches(words, 'transplant|stem[ -]?cell (re-?)?infusion|stem[ -]?cell rescue'
                || '|\b(asct|auto-?sct|allo-?sct|hsct|auto-?hsct|allo-?hsct|pbsct|bmt)\b')
            and not regexp_matches(words, 'harvest|collect|mobili[sz]|apheresis|prophyla'
                || '|kidney|renal|liver|hepatic|heart|cardiac|lung|cornea|hair|skin|f[a]?ecal')
            as transplanted,
        regexp_matches(category, '\b(subsequent|next|further|new|follow[- ]?up'
                || '|post[- ]?(study|treatment|progression|discontinuation))\b'
                || '.*(myeloma|cancer|neoplas|tumou?r)')
            and not regexp_matches(category, '\b(prior|previous|concomitant)\b') as next_line,
        coalesce(nullif(try_cast(ASTDY as double), 0), study_day(adam_date(ASTDT), start),
            study_day(iso_date(CMSTDTC), start), day_from(CMSTDY, reference, start),
            if(unknown, 1, null)) as first_day
    from record
),
sorted as (
    select
        *,
        list_filter([
            if(replacement, 'immunoglobulin replacement', null),
            if(anti_cd38, 'anti-CD38 antibody', null),
            if(transplanted, 'transplant', null),
            if(next_line, 'next therapy', null)
        ], lambda kind: kind is not null) as kinds
    from told
),
spell as (
    select
        *, unnest(if(len(kinds) = 0, [null::varchar], kinds)) as kind,
        coalesce(nullif(try_cast(AENDY as double), 0), study_day(adam_date(AENDT), start),
            study_day(iso_date(CMENDTC), start), day_from(CMENDY, reference, start)) as last_day
    from sorted
),
judged as (
    select
        *,
        case
            when analysed and source = 'CM' then 'taken from ADCM'
            when kind is null then if(source = 'PR', 'other procedure', 'other medication')
            when not treated then 'subject not treated'
            when upper(CMOCCUR) = 'N' or CMSTAT is not null then 'not given'
            when first_day is null then 'no usable day'
            -- Values count until the first transplant and the next therapy after the start.
            when kind in ('transplant', 'next therapy') and first_day < 1
                then kind || ' before treatment'
        end as reason
    from spell
)
-- The drugs of a regimen are several records of one day: one spell, open while one of them is.
select
    file, sheet, line, ord, trial, patient, kind, first_day::varchar as start_day,
    if(count(*) over one = count(last_day) over one, max(last_day) over one, null)::varchar
        as end_day,
    coalesce(reason, if(row_number() over (one order by ord, line) > 1,
        'same therapy from the same day', null)) as skip
from judged
window one as (partition by trial, patient, kind, first_day, reason);

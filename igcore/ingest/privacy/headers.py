"""Headers that announce personal data, in English, German, French, Spanish and Italian."""

from __future__ import annotations

import re
import unicodedata

NAME, BIRTH = "a name", "a birth date"
PLACE, ADDRESS = "a place of birth", "an address"
TELEPHONE, E_MAIL = "a telephone number", "an e-mail address"
RECORD, INSURANCE = "a record number", "an insurance or identity number"


def words_of(text: str) -> frozenset[str]:
    """The words of a text with blanks between them."""
    return frozenset(text.split())


_NUMBER = r"(no|nr|num|number|numero|nummer|id)"
# Header words without accents, ß written ss; a header is told of the first kind that fits.
_HEADERS: tuple[tuple[str, str], ...] = (
    (
        E_MAIL,
        r"\b(e ?mails?( \w+)*|email\w*|courriel|correo( electronico)?|mail ?(adresse|address))\b",
    ),
    (E_MAIL, r"^(mail|posta elettronica)$"),
    (
        TELEPHONE,
        r"\b(tel|(tele)?phone|telephone|telefon|telefono|telefon ?(nummer|nr)|handy ?(nummer|nr)?|"
        r"movil|cellulare|cell ?phone|mobil(telefon|nummer|funk)|mobile? (phone|no|nr|number)|fax|"
        r"fax(nummer|nr))\b(?!.*\b(visite?|visits?|contact|kontakt|call|follow)\b)",
    ),
    (TELEPHONE, r"^(mobile?|portable|gsm|handy)$"),
    (
        INSURANCE,
        rf"\b(\w*versicherungs? ?(nummer|nr|no)|versicherten\w*|vers nr|kv ?nr|sv ?nr|ahv( \w+)?|"
        rf"(insurance|policy|medicare|medicaid|passport|tax|member) {_NUMBER}|nhs {_NUMBER}|"
        r"ssn|social security|seguridad social|securite sociale|num secu|nss|nir|insee|"
        r"carte vitale|codice fiscale|cod fisc|tessera sanitaria|tarjeta sanitaria|dni|nif|"
        r"chi number|bsn|reisepass\w*|personalausweis\w*|carta d identita|carte d identite|"
        r"national id|identity card|steuer ?id|personnummer)\b",
    ),
    (INSURANCE, r"^(nhs|passport)$"),
    (
        RECORD,
        rf"\b(mrn|medical records?|record (no|nr|num|number)|(hospital|chart|admission|encounter) "
        rf"{_NUMBER}|fall ?(nummer|nr)|fall id|akten ?(zeichen|nummer|nr)|krankenakte\w*|"
        r"aufnahme ?(nummer|nr)|(n|no|num|numero) (de |du )?dossier|dossier (n|no|numero|medical)|"
        r"ipp|historia clinica|nhc|(n|no|num|numero) (de )?historia|cartella( clinica)?|"
        r"nosografico)\b",
    ),
    (
        PLACE,
        r"\b((place|lieu|lugar|luogo) (of|de|di) (birth|naissance|nacimiento|nascita)|geburtsort)\b",
    ),
    (
        NAME,
        r"\b((vor|nach|familien|geburts|zu|patienten|patient|pat|pt|subject|sur|first|last|full|"
        r"middle|family|given|maiden|arzt)name[ns]?|forename|prenoms?|apellidos?|cognome|"
        r"nom de (naissance|famille|jeune fille)|(patient|subject|pat|pt) initials?|initials|"
        r"initialen|initiales|iniziali|subjinit?|invnam|hausarzt)\b",
    ),
    (
        BIRTH,
        r"\b(dob|yob|brth(dtc?|dat|yr|year)|birth ?(date|day|year|month|dt|dat|yr)|"
        r"(date|day|month|year|yr|dt) (of )?birth|born|geburts?(datum|tag|jahr|dat|monat)|geb|"
        r"geb ?(dat|datum|jahr|tag)|jahrgang|geboren|naissance|ddn|ne e le|nee? le|nacimiento|"
        r"f ?nac|nascita|nat[oa] il)\b",
    ),
    (
        ADDRESS,
        r"\b((?<!ip )(?<!web )address|\w*adresse|\w*anschrift|direccion|domicilio|domicile|"
        r"indirizzo|street|\w*strasse|haus ?(nummer|nr)|plz|postleitzahl|zip|zip ?code|"
        r"post ?code|postal|wohnort|place of residence)\b",
    ),
    (ADDRESS, r"^(city|town|stadt|ort|ville|ciudad|citta|comune|c ?p|str|rue|calle|via)$"),
)
_NAME_WORDS = words_of("name names nom noms nombre nombres nome namen")
_OF_A_PERSON = words_of(
    "patient patients patienten patientin pat pt subject first last family given middle maiden full "
    "legal preferred birth contact relative spouse mother father physician doctor investigator nurse "
    "kin paciente paziente malade medecin medico arzt person"
)
_OF_A_THING = words_of(
    "drug trial study file arm site center centre visit test lab laboratory param parameter analyte "
    "sheet sample product trade brand generic medication treatment therapy group cohort country "
    "hospital column variable table regimen gene event disease domain dataset project protocol"
)
_LINKS = words_of("of the s der des de du del della la le and und et y e or oder in")
AN_ID = re.compile(
    r"\b(id|ids|nr|no|code|patient|patients|pat|pt|subject|usubjid|subjid|sample|probe)\b"
)
# Columns whose words may look like a person's name and never are one.
NOT_A_PERSON = re.compile(
    r"\b(ae\w*|term\w*|\w*decod|cm\w*|mh\w*|soc|diagnos\w*|diagnose|drug|medi[ck]\w*|arm|treatment|"
    r"therap\w*|trt\w*|act\w*|site|center|centre|zentrum|hospital|klinik|country|land|city|region\w*|race|"
    r"ethnic\w*|reason|cause|status|param\w*|analyte?|test\w*|lb\w*|visit|avisit|response|isotype?|"
    r"infection|infektion|organism|erreger|unit|trial|study|domain|category|event)\b"
)


def plain(text: str) -> str:
    """Lower-case words of a header without accents, one blank between them."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("ß", "ss"))
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def by_header(text: str) -> str | None:
    """The kind of personal data that a header announces, in five languages; None if none."""
    words = plain(text)
    for kind, pattern in _HEADERS:
        if re.search(pattern, words):
            return kind
    tokens = set(words.split())
    others = tokens - _NAME_WORDS
    # "nombre de patients" is French for how many there are.
    if (
        others == tokens
        or others & _OF_A_THING
        or re.search(r"\bnombre de (patients|sujets)", words)
    ):
        return None
    return NAME if others & _OF_A_PERSON or others <= _LINKS else None

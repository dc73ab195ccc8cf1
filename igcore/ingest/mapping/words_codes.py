"""Code lists: their words in five languages -> ours. Compared folded (see words.fold)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from igcore.ingest.isotypes import involved
from igcore.ingest.mapping.words import ENDPOINTS, fold


def _list(**ours: str) -> dict[str, str]:
    return {word: our for our, words in ours.items() for word in words.split("|")}


MISSING = {"": ""} | _list(
    **{
        "": "unknown|not known|missing|na|n a|nd|not done|unbekannt|nicht bekannt|keine angabe|k a|ka"
        "|inconnu|inconnue|non connu|desconocido|desconocida|no consta|sconosciuto|sconosciuta"
        "|non noto|non nota|not applicable|not available|none given"
    }
)
SEX = _list(
    F="f|w|weiblich|frau|female|woman|femme|feminin|feminine|mujer|femenino|femenina|hembra|donna"
    "|femmina|femminile|feminino",
    M="m|mannlich|maennlich|mann|male|man|homme|masculin|h|hombre|varon|masculino|uomo|maschio"
    "|maschile|masculine",
)
# What a censor column turns round.
YES_NO = _list(
    **{
        "1": "1|1 0|ja|j|yes|y|oui|o|si|s|x|true|wahr|vrai|verdadero|vero",
        "0": "0|0 0|nein|n|no|non|false|falsch|faux|falso",
    }
)
# Words that tell the dead from the living, whatever their column is called.
VITAL = _list(
    vital="dead|died|deceased|alive|tot|verstorben|gestorben|lebt|lebend|am leben|decede|decedee"
    "|vivant|vivante|en vie|fallecido|fallecida|muerto|muerta|vivo|viva|deceduto|deceduta|in vita"
    "|overleden|levend"
).keys()
# What happened is said in words, so no column turns it round.
STATES = _list(
    **{
        "1": "event|ereignis|evenement|evento|dead|died|deceased|death|tot|tod|verstorben|gestorben"
        "|overleden"
        "|decede|decedee|mort|morte|morto|fallecido|fallecida|muerto|muerta|exitus|deceduto|deceduta"
        "|decesso|progressed|progression|progress|progrediert|progresion|progressione|relapse"
        "|rezidiv|relapsed|pd",
        "0": "censored|zensiert|censure|censuree|censurado|censurada|censurato|censurata|alive|lebt"
        "|levend|lebend|am leben|vivant|vivante|en vie|vivo|viva|in vita|no event|kein ereignis"
        "|keine progression|no progression|progressionsfrei|pas d evenement|sin evento"
        "|nessun evento|ongoing|lost to follow up",
    }
)
RESPONSES = _list(
    sCR="scr|stringent complete remission|stringent complete response|stringente komplette remission"
    "|stringente cr|remission complete stricte|reponse complete stricte|respuesta completa estricta"
    "|remision completa estricta|rcs|risposta completa stringente|remissione completa stringente",
    CR="cr|complete remission|complete response|komplette remission|komplettremission|vollremission"
    "|komplettes ansprechen|vollstandige remission|remission complete|reponse complete|rc"
    "|respuesta completa|remision completa|risposta completa|remissione completa|complete",
    nCR="ncr|near complete remission|near complete response|nahezu komplette remission|near cr"
    "|fast komplette remission|remission quasi complete|reponse presque complete|nrc"
    "|respuesta casi completa|risposta quasi completa|remision casi completa",
    VGPR="vgpr|very good partial remission|very good partial response|sehr gute partielle remission"
    "|sehr gute teilremission|sehr gutes partielles ansprechen|tbrp|tres bonne reponse partielle"
    "|tres bonne remission partielle|mbrp|rpmb|muy buena respuesta parcial"
    "|muy buena remision parcial|respuesta parcial muy buena|vgrp|ottima risposta parziale"
    "|risposta parziale molto buona|very good pr",
    PR="pr|partial remission|partial response|partielle remission|teilweise remission|teilremission"
    "|partialremission|partielles ansprechen|remission partielle|reponse partielle|rp"
    "|respuesta parcial|remision parcial|risposta parziale|remissione parziale|partial|partiell",
    MR="mr|minimal response|minor response|minimale remission|minimales ansprechen"
    "|geringes ansprechen|reponse minime|reponse mineure|rm|respuesta minima|respuesta menor"
    "|risposta minima|risposta minore|minimal remission|minimale response",
    SD="sd|stable disease|stable|stabile erkrankung|stabile krankheit|krankheitsstabilisierung"
    "|stabil|maladie stable|ms|enfermedad estable|ee|malattia stabile|no change|nc"
    "|stabilisation",
    PD="pd|progressive disease|progression|progress|progressiv|progrediente erkrankung|progredient"
    "|krankheitsprogress|maladie progressive|mp|progressive|progresion|enfermedad progresiva|ep"
    "|enfermedad en progresion|progressione|malattia progressiva|progressione di malattia|relapse"
    "|rezidiv|prog",
    NE="ne|not evaluable|nicht beurteilbar|nicht evaluierbar|non evaluable|no evaluable"
    "|non valutabile|inevaluable",
)
ANALYTES = {
    f"{stem}{gap}{chain}": f"Ig{chain.upper()}"
    for stem in (
        "ig", "immunoglobulin", "immunglobulin", "immunoglobuline", "inmunoglobulina",
        "immunoglobulina", "s ig", "serum ig",
    )
    for gap in ("", " ")
    for chain in "agmde"
}  # fmt: skip
THERAPIES = {
    **_list(
        transplant="asct|auto sct|sct|hsct|allo sct|transplant|transplantation|autologous transplant"
        "|autologe transplantation|stammzelltransplantation|autologe stammzelltransplantation"
        "|stem cell transplant|stem cell transplantation|autogreffe|greffe|allogreffe|tasct|asz t"
        "|trasplante|trasplante autologo|tph|tamo|trapianto|trapianto autologo|hdt asct|hd mel asct",
        daratumumab="anti cd38|daratumumab|dara|darzalex|isatuximab|isa|sarclisa"
        "|anti cd38 antikorper|anti cd38 antibody|anticorps anti cd38|anticuerpo anti cd38",
        replacement="ivig|scig|igiv|igsc|ig replacement|immunoglobulin replacement|immunglobuline"
        "|immunoglobulin ersatz|immunglobulin ersatz|immunglobulinersatz|immunglobulin substitution"
        "|immunglobulinsubstitution|immunglobuline iv|immunoglobulines iv|immunoglobulines"
        "|immunoglobulines polyvalentes|substitution en immunoglobulines|inmunoglobulinas"
        "|inmunoglobulinas iv|immunoglobuline ev|immunoglobuline endovena|privigen|octagam|hizentra",
        next="next therapy|next line|next treatment|next line of therapy|new therapy|2nd line"
        "|second line|nachste therapie|folgetherapie|nachste linie|zweitlinie|zweitlinientherapie"
        "|ligne suivante|traitement suivant|deuxieme ligne|2e ligne|siguiente linea|segunda linea"
        "|siguiente tratamiento|linea successiva|seconda linea|terapia successiva",
        study="study treatment|study drug|studientherapie|studienmedikation|traitement a l etude"
        "|traitement de l etude|tratamiento del estudio|farmaco en estudio|farmaco in studio"
        "|trattamento in studio",
    )
}
_KINDS = {
    "daratumumab": "anti-CD38 antibody",
    "replacement": "immunoglobulin replacement",
    "next": "next therapy",
    "study": "study treatment",
}
THERAPIES = {word: _KINDS.get(ours, ours) for word, ours in THERAPIES.items()}
SPECIMENS = _list(
    serum="serum|ser|plasma|blood|blut|sang|sangre|sangue|suero|siero|serum plasma|venous blood|vollblut",
    other="urine|urin|orina|urina|24h urine|24h urin|sammelurin|urine 24h|csf|liquor|lcr|saliva"
    "|speichel|bone marrow|knochenmark|stool|stuhl|ascites|pleura",
)
GRADES = _list(
    **{str(n): f"{n}|grade {n}|grad {n}|grado {n}|g{n}|g {n}|{n} 0|ctcae {n}" for n in range(1, 6)}
)
GRADES |= {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
# For texts that isotypes.involved leaves open.
M_PROTEINS = _list(
    **{
        "IgG": "g|gamma|igg typ|typ g",
        "IgA": "a|alpha|alfa|typ a",
        "IgM": "typ m",
        "IgD": "typ d|delta",
        "non-secretory": "ns|nsmm|asekr|non secr|no secr",
        "none": "kein|keine|aucun|aucune|ninguno|ninguna|nessuno|nessuna",
    }
)
_ENDPOINTS = {name: re.compile(words) for name, words in ENDPOINTS.items()}


def endpoint(text: str) -> str:
    """The endpoint that a cell names, or "".

    >>> endpoint("Gesamtüberleben"), endpoint("pfs"), endpoint("TTDE")
    ('OS', 'PFS', '')
    """
    plain = fold(text)
    return next((name for name, words in _ENDPOINTS.items() if words.fullmatch(plain)), "")


def ours(codes: Mapping[str, str], text: str) -> str | None:
    """What a text stands for in a code list: ours, "" for missing, None where it is not known.

    >>> ours(SEX, "weiblich"), ours(RESPONSES, "Teilweise Remission"), ours(SEX, "k. A.")
    ('F', 'PR', '')
    """
    plain = fold(text)
    return None if "+" in text and not plain else codes.get(plain, MISSING.get(plain))


def sex(words: Iterable[str], header: str = "") -> dict[str, str]:
    """The code list for the words of a column of the sex, by what stands beside what.

    H and M are hombre and mujer in Spanish, V and M too; D and U are donna and uomo in Italian.

    >>> sex(["H", "M"])["m"], sex(["H", "F"])["h"], sex(["m", "w"])["m"], sex(["D", "U"])["d"]
    ('F', 'M', 'M', 'F')
    >>> sex(["m", "v"], "Geslacht")["v"], "v" in sex(["m", "v"], "Gender")
    ('F', False)
    """
    said = set(fold(header).split())
    told = {fold(word) for word in words} - {""}
    seen = told | said
    if "geslacht" in said or seen & {"vrouw", "man"}:
        return SEX | {"v": "F", "vrouw": "F", "m": "M"}
    spanish = said & {"sexo", "genero"}
    # M alone is mujer or masculino; M and V are mujer and varon, or man and vrouw.
    if (told == {"m"} and spanish) or (told == {"m", "v"} and not spanish):
        return {word: ours for word, ours in SEX.items() if word not in ("m", "v")}
    female = seen & {"f", "w", "weiblich", "femme", "donna", "d", "female"}
    if seen & {"h", "v", "hombre", "varon"} and not female:
        return SEX | {"v": "M", "m": "F"}
    return SEX | {"d": "F", "u": "M"} if {"d", "u"} <= seen else SEX


def m_protein(text: str) -> str | None:
    """The type that a text names, where isotypes.involved does not read it; "" for missing."""
    plain = fold(text)
    return M_PROTEINS.get(plain, MISSING.get(plain)) if involved(text) is None else None


def event(text: str, *, censor: bool) -> str | None:
    """ "1" where a text says that it happened, "0" where not; `censor`: yes means it did not.

    >>> event("ja", censor=False), event("1", censor=True), event("zensiert", censor=True)
    ('1', '0', '0')
    """
    plain = re.sub(r"^[01] (?=[a-z])", "", fold(text))  # "1:DECEASED"
    if not plain:  # "+" and "-" say yes and no, or alive and dead: the reader decides
        return None
    if plain in STATES:
        return STATES[plain]
    said = YES_NO.get(plain)
    if said is None:
        return MISSING.get(plain)
    return {"1": "0", "0": "1"}[said] if censor else said

"""What the words in a header mean: English, German, French, Spanish and Italian, ward language too.

A header is folded (lower case, no accents, signs as blanks) and searched for concepts; roles are
put together from concepts, so that "Datum Progress" and "date de progression" need no entry each.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from igcore.definitions import DAYS_PER_MONTH, DAYS_PER_WEEK

LONGEST = 200  # letters of a header that are read; no header needs more
_UNFOLDED = str.maketrans(
    {"ß": "ss", "κ": " kappa ", "λ": " lambda ", "µ": "u", "μ": "u", "ø": "o"}
)

# Concept -> pattern in folded text. Short words stand between boundaries; long stems may sit inside
# German compounds (Therapiebeginn, Todesdatum).
_PATTERNS = {
    "birth": r"birth\w*|\w*geburt\w*|naissance|nacimiento|nascita|dob|geb(?:dat|tag)?|ne le|nato il",
    "personal": r"(?:\w*vor|\w*nach|\w*familien)?names?|\w*patientenname|prenom|nom|nombres?"
    r"|apellidos?|nome|cognome|surname|initials?|initialen|iniziali|iniciales|address|\w*adresse"
    r"|direccion|indirizzo|\w*telefon\w*|telefono|phone|tel|fax|e ?mail|correo|insurance|ssn|mrn"
    r"|\w*versicher\w*|zip|plz|postcode|\w*strasse|street|calle|rue|via",
    "diagnosis": r"\w*diagnos\w*|dx|icd\w*",
    "patient": r"pat|patid|patnr|patient\w*|\w*patienten|pazient[ei]"
    r"|pacientes?|subjects?|subjid|usubjid|proband(?:en)?|sujets?|sujetos?|soggett[io]|malades?|pid"
    r"|participants?|public id|cas|casos?|fall|falle",
    "id": r"ids?|nr|no|nro|num|number|nummer|numer[oa]|n|code|codes|kennung|kodierung|codice|codigo"
    r"|identifier|identifiant|identificador|identificativo|pseudonym\w*|\w*kurzel|patientennummer|patientennr|patientnr",
    "sex": r"sex|sexe|sexo|sesso|geschlecht|gender|genre|genero|genere|geslacht|[mfwhdv] [mfwhdv](?: d)?",
    "age": r"age|alter|lebensalter|edad|eta",
    "protein": r"\w*isot[iy]p\w*|\w*paraprotein\w*|m ?prot\w*|m ?komponente|m ?component|m ?gradient"
    r"|component[ei]? (?:m|monoclonal\w*)|composante monoclonale|mono[ck]lonal\w*|gam+opat\w*"
    r"|light chains?|heavy chains?|leichtketten?\w*|schwerketten?|chaines? (?:legeres?|lourdes?)"
    r"|cadenas? (?:ligeras?|pesadas?)|caten[ae] (?:legger[ae]|pesant[ei])|immun\w*fix\w*|ife",
    "type": r"types?|typ|tipo|subtype|subtyp|myelom(?:a|e)?typ|\w*myelom|myelom[ae]|mieloma|klasse",
    "response": r"\w*ansprech\w*|\w*response|reponses?|respuestas?|rispost[ae]|\w*remission\w*"
    r"|remision|remissione|resp|bor|cbor|ovr|avalc|krankheitsstatus|disease status|imwg",
    "best": r"best\w*|meilleure?|mejor|miglior[ei]?|bor|cbor|maximal\w*",
    "first": r"first|1st|erst\w*|premiere?|premier|primer[oa]?|prim[oa]",
    "progression": r"\w*progress\w*|progresion\w*|pd|\w*rezidiv|relapse\w*|rechute|recaida|recidiva"
    r"|ricaduta|\w*progredi\w*|\w*rueckfall|progres",
    "death": r"death\w*|tod|todes\w*|tot|sterbe\w*|verst[oa]r\w*|gestorben|died|dead|deces|decede\w*"
    r"|mort|muerte|muerto|fallec\w*|exitus|decess[oi]|morte|decedut[oa]|defunc\w*|deceased",
    "alive": r"alive|lebt|lebend|vivant\w*|viv[oa]s?|vital ?status|survival status|vitalstatus",
    "last": r"last|zuletzt|letzte[rsnm]?|derniere?s?|ultim[oaie]|lfu",
    "seen": r"seen|gesehen|contact|\w*kontakt|contacto|contatto|nouvelles?|noticias?|notizi[ae]"
    r"|follow ?ups?|fu|vue?|known|vorstellung|seguimiento|suivi|vist[oa]|lfu",
    "start": r"start\w*|begin\w*|began|\w*beginn|\w*begonnen|\w*beginns|debut|inicio|inizio|onset"
    r"|initiat\w*|iniziat[oa]|iniciad[oa]|commenc\w*|first dose|seit|since|desde|von|\w*start|anfang"
    r"|trtsdt",
    "end": r"end|ende|\w*ende|stop\w*|\w*stopp|fin|fine|final|until|bis|hasta|discontinu\w*"
    r"|\w*abbruch|termine|arret|\w*enddatum|last dose|trtedt",
    "therapy": r"\w*therap\w*|terap\w*|\w*behandlung\w*|treatments?|traitements?|tratamientos?"
    r"|trattament[oi]|trt|\w*medikation|\w*medikament|medications?|medicament\w*|farmac\w*|drugs?"
    r"|doses?|dosis|c1d1|intervention\w*|eingriff|treatment start",
    "infection": r"\w*infekt\w*|infecti\w*|infecci\w*|infezion\w*|preferred term|aedecod",
    "grade": r"grade?|\w*schweregrad|grado|ctcae|ctc|toxgr|aetoxgr|ctcae grade?",
    "arm": r"arms?|\w*arm|brazo|bras|braccio|group[e]?|gruppe|\w*gruppe|grupo|gruppo|cohorte?|kohorte",
    "trial": r"trials?|\w*studien?|stud(?:y|ies)|studyid|etude|estudio|ensayo|studio|essai|protocol\w*"
    r"|protokoll|sperimentazione",
    "visit": r"\w*visit[ea]?s?|avisit|\w*zeitpunkt|time ?points?|\w*termin|\w*untersuchung\w*"
    r"|consultation|control\w*|\w*kontrolle|punto temporal|assessment|examination|examen|staging",
    "sample": r"\w*proben?\w*|\w*entnahme\w*|\w*abnahme\w*|sampl\w*|prelevement\w*|extraccion|muestras?"
    r"|preliev[oi]|collect\w*|\w*blut\w*|specimen|echantillon|lab|labor|laboratory|blood|bilan|sang"
    r"|analitica|esami|campion[ei]|draw",
    "date": r"dates?|\w*datum|datum\w*|fechas?|data|dat|dt|datetime|am",
    "day": r"day|days|tage?|tagen|\w*studientag|jours?|dias?|giorn[oi]|dy|ady|studyday|visitdy",
    "week": r"weeks?|wochen?|semaines?|semanas?|settiman[ae]",
    "month": r"months?|monate?n?|mois|mes|meses|mes[ei]|mths?",
    "year": r"years?|jahre?n?|ans?|annees?|anos?|ann[oi]|yrs?",
    "clock": r"uhrzeit|\w*uhrzeit|clock|heure|hora|ora|time of day",
    "time": r"time|\w*zeit|\w*dauer|duration|temps|duree|tiempo|tempo|duracion|durata|survival"
    r"|\w*uberleben\w*|survie|supervivencia|sopravvivenza|aval|time to|delai",
    "analyte": r"analyt\w*|analit\w*|param(?:e|et)\w*|paramcd|tests?|messgrosse|marker|lbtest\w*"
    r"|\w*laborwert|\w*immun\w*globulin\w*|inmunoglobulin\w*|laborparameter|determinacion|ig",
    "value": r"values?|werte?|\w*messwert|valeurs?|valor(?:es|e|i)?|results?|\w*ergebnis|resultats?"
    r"|resultados?|risultat[oi]|\w*konzentration|concentra\w*|conc|aval",
    "unit": r"units?|\w*einheit|unites?|unidad(?:es)?|unita|avalu|uom",
    "low": r"low|lower|lln|unter\w*|min|minimum|inferieure?|inferiore?|anrlo|lo",
    "high": r"high|upper|uln|ober\w*|max|maximum|superieure?|superiore?|anrhi|hi",
    "limit": r"limits?|\w*grenz\w*|\w*normal\w*|\w*norm|\w*referenz\w*|ref\w*|limites?|range|bound",
    "endpoint": r"endpoints?|\w*endpunkt|zielgrosse|critere|criterio|endpoint code|desenlace",
    "event": r"events?|\w*ereignis|evenements?|eventos?|event[io]|\w*status|statut|estado|stato",
    "censor": r"censor\w*|cens|cnsr|zensier\w*|zensur|censure\w*|censura\w*",
    # A statistic of a value is not a value.
    "statistic": r"sd|std|sem|se|cv|stdev|stddev|variance|\w*abweichung|ecart|desviacion|deviazione"
    r"|deviation|change|delta|\w*anderung|ratio|\w*quotient|percent|prozent|diff\w*|log\w*|score"
    r"|percentile|comment\w*|\w*kommentar|remarks?|\w*bemerkung\w*|quality|method\w*|z score|lfd"
    r"|laufende|row|line|seq",
    "next": r"next|nachste\w*|folge\w*|neue\w*|new|second\w*|zweit\w*|2nd|suivant\w*|siguiente|2a"
    r"|successiv\w*|maintenance|erhaltung\w*|\w*transplant\w*|asct|sct|hsct|\w*greffe|trasplante"
    r"|trapianto|ivig|salvage|subsequent|konsolid\w*|consolid\w*",
    "yesno": r"j n|ja nein|yes no|y n|oui non|o n|si no|s n|0 1|1 0",
}  # fmt: skip
_CONCEPTS = {name: re.compile(rf"\b(?:{words})\b") for name, words in _PATTERNS.items()}
_FILLERS = re.compile(
    r"\b(?:the|of|to|in|at|on|for|with|der|die|das|des|dem|den|zum|zur|im|in|bei|als|de|du|la|le|les"
    r"|l|d|el|los|las|al|del|della|delle|dei|di|il|lo|da|a|y|und|et|e|and|or|serum|s|total|gesamt"
    r"|der|ersten?|whole|clinical|klinisch\w*|planned|study|start|m)\b"
)
ENDPOINTS = {
    "PFS": r"pfs|progression ?free(?: survival)?|progressionsfrei\w*(?: uberleben)?|ssp|slp|ttcpfs"
    r"|survie sans progression|supervivencia libre de progresion|sopravvivenza libera (?:da|di)"
    r" progressione|censpfs",
    "EFS": r"efs|event ?free survival|ereignisfrei\w*(?: uberleben)?|survie sans evenement",
    "DFS": r"dfs|disease ?free survival|krankheitsfrei\w*(?: uberleben)?",
    "TTP": r"ttp|time to progression|zeit bis (?:zum |zur )?progress\w*",
    "TTNT": r"ttnt|time to next (?:treatment|therapy)",
    "DOR": r"dor|duration of response|ansprechdauer|remissionsdauer",
    # Last, as "survival" alone is overall survival.
    "OS": r"os|overall survival|gesamtuberleben|survie globale|sg|supervivencia global"
    r"|sopravvivenza globale|ttcos|censos|survival|uberleben|uberlebenszeit|survie|supervivencia"
    r"|sopravvivenza",
}
_ENDPOINTS = {name: re.compile(rf"\b(?:{words})\b") for name, words in ENDPOINTS.items()}
_DURATIONS = (("days", "day", "d"), ("weeks", "week", "w"), ("months", "month", "m|mo|mon"),
              ("years", "year", "y|j|a"))  # fmt: skip
_IG = r"(?:ig|im+un\w{0,2}globulin[ae]?|inmunoglobulina)"
_ANALYTE = re.compile(rf"\b(?:s ?)?{_IG} ?([agmde])(?![a-z0-9])")
_SUBCLASS = re.compile(rf"\b{_IG} ?([ag])([1-4])\b")
_OTHER_FLUID = re.compile(
    r"\b(?:\w*urin\w*|orina|liquor|csf|lcr|saliva|speichel|kappa|lambda|hlc)\b"
)
_MASS = re.compile(
    r"(?<![^\W\d_])(mg|g|ug|µg|μg|mcg|ng)\s*(?:/|\s+per\s+|_per_|_|\s|(?=dl))\s*(100\s*ml|dl|ml|l)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(r"[\[(]\s*(%|[^\[\]()]+/\s*(?:d|m|µ|μ|n)?[lL])\s*[\])]")
_MONTH = re.compile(
    r"\b(?:m|mo|months?|monat|mois|mes|mese) ?(\d{1,3})\b"
    r"|\b(\d{1,3}) ?(?:m|mo|months?|monate?|mois|mes|meses|mesi)\b"
)
_WEEK = re.compile(
    r"\b(?:w|wk|weeks?|wochen?|semaines?|semanas?|settiman[ae]|wo) ?(\d{1,3})\b"
    r"|\b(\d{1,3}) ?(?:wk|weeks?|wochen?|semaines?|semanas?|settiman[ae])\b"
)
_START_LABEL = re.compile(r"\b(?:bl|baseline|base line|basale?|ausgangswert)\b")
_SPELLED = {"dl": "dL", "l": "L", "ml": "mL", "100ml": "100mL"}


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a header says.

    Args:
        folded: its text in lower case without accents and signs.
        concepts: names of what its words mean. rest: words that mean nothing here.
        analyte, unit: of a column of concentrations; unit as laboratories spell it.
        month: of treatment, such as 3 in "IgA M3".
        endpoint, duration: of a column of times; duration is one of DURATIONS' names.
    """

    folded: str
    concepts: frozenset[str] = frozenset()
    rest: str = ""
    analyte: str = ""
    month: float | None = None
    unit: str = ""
    endpoint: str = ""
    duration: str = ""

    def has(self, *names: str) -> bool:
        """Whether it has all these concepts."""
        return self.concepts.issuperset(names)

    def any(self, *names: str) -> bool:
        """Whether it has one of these concepts."""
        return not self.concepts.isdisjoint(names)


@functools.lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case without accents; signs become blanks.

    >>> fold("N° Patient"), fold("Début_du-traitement"), fold("Männlich"), fold("IgG κ")
    ('n patient', 'debut du traitement', 'mannlich', 'igg kappa')
    """
    plain = unicodedata.normalize("NFKD", text.lower().replace("°", " ").replace("º", " "))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]|_", " ", plain.translate(_UNFOLDED)).split())


def read(theirs: str) -> Header:
    """What a header says.

    >>> found = read("IgA M3 mg/dl")
    >>> found.analyte, found.month, found.unit
    ('IgA', 3.0, 'mg/dL')
    >>> read("PFS (Monate)").endpoint, read("PFS (Monate)").duration
    ('PFS', 'months')
    """
    unit, without_unit = _unit(theirs[:LONGEST])
    folded = fold(re.sub(r"(?<=[a-z])(?=(?:[A-Z][a-z]{2,}|ID\b))", " ", without_unit))
    concepts = {name for name, pattern in _CONCEPTS.items() if pattern.search(folded)}
    rest = folded
    endpoint = next((name for name, words in _ENDPOINTS.items() if words.search(folded)), "")
    for pattern in (*_CONCEPTS.values(), *([_ENDPOINTS[endpoint]] if endpoint else ()), _FILLERS):
        rest = pattern.sub(" ", rest)
    analyte, month = _analyte(without_unit, folded, unit)
    return Header(
        folded=folded,
        concepts=frozenset(concepts),
        rest=" ".join(rest.split()),
        analyte=analyte,
        month=month,
        unit=unit,
        endpoint=endpoint,
        duration="" if analyte else _duration(folded, endpoint),
    )


def _unit(theirs: str) -> tuple[str, str]:
    found = _MASS.search(theirs)
    if found:
        unit = f"{found[1].lower()}/{_SPELLED[''.join(found[2].lower().split())]}"
        rest = theirs[: found.start()] + " " + theirs[found.end() :]
        return unit, re.sub(r"[\[(]\s*[\])]", " ", rest)
    other = _OTHER_UNIT.search(theirs)
    if other:
        return other[1].strip(), theirs[: other.start()] + " " + theirs[other.end() :]
    return "", theirs


def _analyte(plain: str, folded: str, unit: str) -> tuple[str, float | None]:
    """The analyte and the month of treatment that a header names."""
    found = _ANALYTE.search(folded)
    subclass = _SUBCLASS.search(folded)
    at = _MONTH.search(folded)
    month = float(at[1] or at[2]) if at else 0.0 if _START_LABEL.search(folded) else None
    if month is None and (week := _WEEK.search(folded)):
        days = DAYS_PER_WEEK * int(week[1] or week[2])  # after day 1
        month = round(days / DAYS_PER_MONTH, 6)
    if found and not _OTHER_FLUID.search(folded):
        return f"Ig{found[1].upper()}", month
    if subclass:
        return f"Ig{subclass[1].upper()}{subclass[2]}", month
    if found or unit:
        named = re.sub(_MONTH.pattern + "|" + _START_LABEL.pattern, " ", plain, flags=re.IGNORECASE)
        return " ".join(re.sub(r"[_\s]+", " ", named).strip(" -:,;[]()").split()), month
    return "", month


def _duration(folded: str, endpoint: str) -> str:
    for name, concept, short in _DURATIONS:
        if _CONCEPTS[concept].search(folded):
            return name
        if endpoint and re.search(rf" (?:{short})$", folded):
            return name
    return ""

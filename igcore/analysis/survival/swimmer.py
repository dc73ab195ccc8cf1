"""Patient by patient: treatment, responses, normalisation, progression and death on one time axis."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from igcore.analysis.result import Result
from igcore.analysis.rule import Responder, Rule
from igcore.analysis.spec import analysis
from igcore.analysis.states.response import DEPTHS, RESPONDERS
from igcore.definitions import DAYS_PER_MONTH
from igcore.errors import Refused
from igcore.params import Choice, Number
from igcore.store import Cohort, Pool

LANES = 60  # of a page; more cannot be told apart
ORDERS = {
    "followed": "Time followed",
    "treatment": "Time on treatment",
    "response": "Best response",
}
WHO = {"everyone": "Everyone", "responders": "Responders"}
COLOURS = {"arm": "Arm", "response": "Best response"}
WORDS = {5: "CR", 4: "VGPR", 3: "PR", 2: "MR", 1: "SD", 0: "PD"}
LANE_COLUMNS = [
    *("place", "patient_key", "trial", "patient", "arm", "best_response", "treated_months"),
    *("treatment_end", "months", "dead"),
]
MARK_COLUMNS = ["place", "patient_key", "kind", "month", "what"]

Order = Annotated[
    str, Choice(label="Sorted by", options=ORDERS, says="The longest or deepest lane comes first.")
]
Who = Annotated[
    str,
    Choice(label="Lanes of", options=WHO, says="Everyone, or those alone who respond by the rule."),
]
Colour = Annotated[
    str, Choice(label="Coloured by", options=COLOURS, says="What the colours of the lanes tell.")
]
Page = Annotated[
    float,
    Number(
        label="Page",
        low=1,
        high=100_000,
        says=f"Which {LANES} lanes are drawn, in the order that was chosen.",
    ),
]


@analysis(title="Patient by patient")
def swimmer(
    pool: Pool,
    cohort: Cohort,
    *,
    responder: Responder = "PR",
    order: Order = "followed",
    who: Who = "everyone",
    colour: Colour = "arm",
    page: Page = 1,
) -> Result:
    """One lane per patient, from first treatment to death or to the day last seen.

    The day last seen is the end of the longest endpoint or the last record, whichever is later. A
    response counts on or before the first PD and before the next therapy; deeper ones are marked
    when they are first reached. An isotype is normalised on the second of two consecutive counted
    samples, at most 84 days apart, that both rise by 25 % and are in range, in patients who were
    low at baseline (R10). Progression is the first PD or the event of PFS, unless that is the death.

    Returns:
        lanes (place in the order, patient_key, trial, patient, arm, best response, months on
        treatment, whether its end is known, months until death or last seen, dead), marks (place,
        patient_key, kind, month, what) and pages (first and last place drawn, n, pages).

    Raises:
        Refused: there is no such page, or nobody responds where responders are asked for.

    Source: rules R0 to R7, R10, S2.
    """
    first = (int(page) - 1) * LANES + 1
    values = {**cohort.values(), "least_depth": DEPTHS[responder]}
    everyone = who == "everyone"
    asked = {"order": order, "everyone": everyone, "first": first, "most": LANES}
    lanes = pool.rows("swimmer_lanes", **values, **asked)
    if lanes.empty:
        raise _nothing(int(page), cohort)
    n = int(lanes.n.iloc[0])
    rule = Rule(final="confirmed").bound()
    here = {**values["who"], "members": _bits(lanes.patient_key)}
    marks = pool.rows("swimmer_marks", **{**values, "who": here}, rule=rule)
    pages = -(-n // LANES)
    last = int(lanes.place.iloc[-1])
    return Result(
        title="Patient by patient",
        method=_method(responder, order),
        notes=(),
        population=f"n = {n}{'' if everyone else ' responders'}; {cohort.words()}",
        tables={
            "lanes": _lanes(lanes),
            "marks": _marks(marks, lanes),
            "pages": pd.DataFrame([{"first": first, "last": last, "n": n, "pages": pages}]),
        },
    )


def _nothing(page: int, cohort: Cohort) -> Refused:
    if page > 1:
        return Refused(f"Page: there is no page {page}; choose an earlier one.")
    return Refused(
        f"Nobody responds by this rule among {cohort.words()}. Choose everyone, or a lesser response."
    )


def _bits(keys: pd.Series) -> bytes:
    """One bit per patient key, set for these; see macro is_member."""
    found = keys.to_numpy(np.int64)
    bits = np.zeros(int(found.max()) + 1, bool)
    bits[found] = True
    return np.packbits(bits).tobytes()


def _lanes(rows: pd.DataFrame) -> pd.DataFrame:
    """Days to months; where the end of treatment is not known it lasts to the end of the lane."""
    known = rows.treated_to.notna()
    treated = rows.treated_to.where(known, rows.end_day).clip(lower=0)
    made = rows.assign(
        best_response=rows.depth.map(WORDS),
        treated_months=np.minimum(treated, rows.end_day) / DAYS_PER_MONTH,
        treatment_end=np.where(known, "known", "not known"),
        months=rows.end_day / DAYS_PER_MONTH,
    )
    return made[LANE_COLUMNS]


def _marks(rows: pd.DataFrame, lanes: pd.DataFrame) -> pd.DataFrame:
    """Markers with the place of their lane, and the death or the arrow at its end."""
    ends = pd.DataFrame(
        {
            "patient_key": lanes.patient_key,
            "kind": np.where(lanes.dead, "death", "alive"),
            "day": lanes.end_day,
            "what": np.where(lanes.dead, "death", "last seen"),
        }
    )
    both = pd.concat([rows, ends], ignore_index=True) if len(rows) else ends
    both = both.merge(lanes[["patient_key", "place"]], on="patient_key")
    both["month"] = both.day / DAYS_PER_MONTH
    return both.sort_values(["place", "month", "kind", "what"], ignore_index=True)[MARK_COLUMNS]


def _method(responder: str, order: str) -> str:
    return (
        f"Months from first treatment (1 month = {DAYS_PER_MONTH} days); lanes sorted by "
        f"{ORDERS[order].lower()}; response: {RESPONDERS[responder]}, on or before the first "
        "progression and before the next therapy; normalised: second sample in a row that has risen "
        "by 25 % and is in range, of an isotype that was low at baseline. Lanes show what happened "
        "to whom; they do not compare groups."
    )

"""Eight patients made by hand, for the filters of the cohort."""

from __future__ import annotations

import pytest

from igcore import ingest
from igcore.store import Pool
from tests.conftest import write_tables

# patient: sex, age, monoclonal protein, undated best response
PEOPLE = {
    "1": ("F", "64", "IgG kappa", ""),
    "2": ("M", "65", "IgA lambda", ""),
    "3": ("F", "75", "LC lambda", ""),
    "4": ("M", "90", "non-secretory", "VGPR"),
    "5": ("", "", "", ""),
    "6": ("F", "70", "IgG kappa + IgA lambda", ""),
    "7": ("M", "50", "IgD kappa", ""),
    "8": ("F", "55", "none", "PD"),
}
RESPONSES = {
    "1": [(30, "PR"), (60, "sCR")],
    "2": [(30, "nCR"), (60, "PD"), (90, "CR")],  # what comes after progression is not counted
    "3": [(30, "MR")],
    "5": [(30, "NE")],
    "6": [(30, "SD"), (200, "PR")],  # on the day of the next therapy
    "7": [(30, "PD")],
    "8": [],
}
# mg/dL, range 70-400: day -1 and the last one
IGA = {"1": (60, 75), "3": (60, 74.9), "4": (300, 200), "5": (60, 100), "6": (60, 90), "7": (60,)}
IGM = {"2": (20, 50), "7": (50, 65)}  # range 40-230
OS = {"1": 365, "2": 366, "3": 730.5, "4": 10}


def rows() -> dict[str, list[dict]]:
    """Template rows of the eight."""
    tables: dict[str, list[dict]] = {"patients": [], "responses": [], "measurements": []}
    tables |= {"outcomes": [], "therapies": []}
    for patient, (sex, age, protein, best) in PEOPLE.items():
        who = {"trial": "A" if patient < "5" else "B", "patient": patient}
        arm = "Len" if patient in "1357" else "Dex"
        more = {"sex": sex, "age_years": age, "m_protein": protein, "best_response": best}
        tables["patients"].append({**who, "arm": arm, **more})
        for day, response in RESPONSES.get(patient, []):
            tables["responses"].append({**who, "day": day, "response": response})
        for name, values, low, high in (("IgA", IGA, 70, 400), ("IgM", IGM, 40, 230)):
            for day, value in zip((-1, 30), values.get(patient, ()), strict=False):
                reading = {"analyte": name, "day": day, "value": value, "unit": "mg/dL"}
                tables["measurements"].append({**who, **reading, "low": low, "high": high})
        if patient in OS:
            end = {"endpoint": "OS", "time_days": OS[patient], "event": 1}
            tables["outcomes"].append({**who, **end})
    next_one = {"trial": "B", "patient": "6", "kind": "next therapy", "start_day": 200}
    tables["therapies"].append(next_one)
    return tables


@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    """The pool of the eight; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("eight")
    pool = Pool.open(folder / "pool.duckdb")
    ingest.add(pool, write_tables(folder, rows()))
    yield pool
    pool.close()

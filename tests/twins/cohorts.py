"""Random small cohorts, full of edge cases, as template rows."""

from __future__ import annotations

from hypothesis import strategies as st

PROTEINS = ["IgG kappa", "IgA lambda", "LC kappa", "non-secretory", "IgD l", "IgG k + IgA l", None]
WORDS = ["CR", "VGPR", "PR", "MR", "SD", "PD", "NE"]
UNITS = {"IgA": (70, 400), "IgG": (700, 1600), "IgM": (40, 230)}


def days(first: int, last: int) -> st.SearchStrategy[int]:
    return st.integers(first, last).filter(bool)


@st.composite
def values(draw: st.DrawFn, analyte: str) -> dict:
    """A value near the thresholds, as clinics write it, in either unit, with or without limits."""
    low, high = UNITS[analyte]
    number = draw(
        st.sampled_from([low * 0.8, low, low * 1.25, low * 1.6, high, high * 1.2, low * 0.1])
    )
    sign = draw(st.sampled_from(["", "", "", "", "<", ">"]))
    per_litre = draw(st.booleans())
    factor = 0.01 if per_litre else 1
    limits = draw(st.booleans())
    return {
        "value": f"{sign}{round(number * factor, 6):g}",
        "unit": "g/L" if per_litre else "mg/dL",
        "low": round(low * factor, 6) if limits else None,
        "high": round(high * factor, 6) if limits else None,
    }


@st.composite
def patient_rows(draw: st.DrawFn, trial: str, name: str) -> dict[str, list[dict]]:
    """All template rows of one patient, full of edge cases."""
    who = {"trial": trial, "patient": name}
    person = {
        **who,
        "m_protein": draw(st.sampled_from(PROTEINS)),
        "best_response": None,
        "treatment_start_time": draw(st.sampled_from([None, "09:00"])),
        "treatment_end_day": draw(st.none() | days(1, 120)),
        "arm": draw(st.sampled_from(["A", "B"])),
        "age_years": draw(st.sampled_from([None, 30, 45, 46, 70])),
    }
    measurements = []
    for analyte in UNITS:
        moments = draw(
            st.lists(
                st.tuples(days(-40, 150), st.sampled_from([None, "08:00", "10:00"])),
                max_size=7,
                unique=True,
            )
        )
        measurements += [
            {**who, "analyte": analyte, "day": day, "time": time, **draw(values(analyte))}
            for day, time in moments
        ]
    responses = [
        {**who, "day": day, "response": draw(st.sampled_from(WORDS))}
        for day in draw(st.lists(days(-5, 150), max_size=4, unique=True))
    ]
    kinds = ["immunoglobulin replacement", "transplant", "next therapy"]
    therapies = [
        {**who, "kind": kind, "start_day": day, "end_day": draw(st.none() | days(day, day + 30))}
        for kind, day in draw(
            st.lists(st.tuples(st.sampled_from(kinds), days(-60, 150)), max_size=2, unique=True)
        )
    ]
    outcomes = [
        {
            **who,
            "endpoint": endpoint,
            "time_days": draw(st.integers(1, 200)),
            "event": draw(st.integers(0, 1)),
            "origin_day": draw(st.sampled_from([None, 1, 1, -10, 15])),
        }
        for endpoint in ("OS", "PFS")
        if draw(st.integers(0, 9))
    ]
    return {
        "patients": [person],
        "measurements": measurements,
        "responses": responses,
        "therapies": therapies,
        "outcomes": outcomes,
    }


@st.composite
def cohorts(draw: st.DrawFn) -> dict[str, list[dict]]:
    """Two trials of a few patients each."""
    tables: dict[str, list[dict]] = {}
    for trial in ("one", "two"):
        for number in range(draw(st.integers(1, 6))):
            for name, rows in draw(patient_rows(trial, f"P{number}")).items():
                tables.setdefault(name, []).extend(rows)
    return tables

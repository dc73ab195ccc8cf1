"""What a careful person reads in the two wards' files, and the same from a pool."""

from __future__ import annotations

import csv
from pathlib import Path

from igcore.store import Pool
from igcore.store.relations import composed


def truth(folder: Path) -> tuple[list[tuple], list[tuple]]:
    """Measurements and patients as the careful person wrote them down, sorted."""
    with (folder / "truth_measurements.csv").open(newline="") as file:
        measured = sorted(
            (
                r["ward"],
                r["patient"],
                r["analyte"],
                int(r["study_day"]),
                number(r["value"]),
                r["unit"],
            )
            for r in csv.DictReader(file)
        )
    with (folder / "truth_patients.csv").open(newline="") as file:
        people = sorted(
            (
                *(row[name] for name in ("ward", "patient", "sex")),
                int(row["age"]),
                *(row[name] for name in ("m_protein", "treatment_start", "best_response")),
                int(row["response_day"]) if row["response_day"] else None,
                *(int(row[name]) for name in ("pfs_days", "pfs_event", "os_days", "os_event")),
            )
            for row in csv.DictReader(file)
        )
    return measured, people


def number(text: str) -> str:
    """ "16.0", "16" and "<0.170" in one way: "16.0", "16.0", "<0.17"."""
    sign = text[:1] if text[:1] in "<>" else ""
    return sign + str(float(text.removeprefix(sign)))


def stored(pool: Pool, trials: tuple[str, str]) -> tuple[list[tuple], list[tuple]]:
    """The same two lists from the newest version of a pool."""
    bound = {"version": pool.newest(), "trials": list(trials)}
    with pool.reading() as cursor:
        measured = cursor.execute(
            composed(
                "select trial, patient, analyte, day::integer, "
                "coalesce(operator, '') || value::varchar, unit "
                "from named_measurements() where trial in $trials order by all"
            ),
            bound,
        ).fetchall()
        people = cursor.execute(
            composed("""
            select p.trial, p.patient, sex, age_years::integer, m_protein,
                treatment_start::varchar, best_response, r.day::integer,
                pfs.time_days::integer, pfs.event::integer, os.time_days::integer, os.event::integer
            from named_patients() p
            left join responses() r using (patient_key)
            left join outcomes() pfs
                on pfs.patient_key = p.patient_key and pfs.endpoint = 'PFS'
            left join outcomes() os
                on os.patient_key = p.patient_key and os.endpoint = 'OS'
            where p.trial in $trials order by all
            """),
            bound,
        ).fetchall()
    return measured, people

"""Write the inputs of the golden adjusted Cox models into `cases/`, from public data of lifelines.

Run: python tests/golden/adjusted_cases.py

trial,patient,arm,sex,age_years,time,event,response_time; empty = unknown or never responded.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import datasets

CASES = Path(__file__).resolve().parent / "cases"
COLUMNS = ["trial", "patient", "arm", "sex", "age_years", "time", "event", "response_time"]


def lung() -> pd.DataFrame:
    """R's lung: arm is the ECOG status (one unknown), trial a half of the institutions.

    Responses are invented, of every second patient, on days that are often tied; every 15th age is
    taken away.
    """
    rows = datasets.load_lung().reset_index(drop=True)
    number = np.arange(1, len(rows) + 1)
    day = 20 + 10 * (number * 7 % 23)
    return pd.DataFrame(
        {
            "trial": np.where(rows.inst.fillna(1) <= 7, "A", "B"),
            "patient": [f"L{i:03d}" for i in number],
            "arm": rows["ph.ecog"].map(lambda x: f"ECOG {x:g}", na_action="ignore"),
            "sex": np.where(rows.sex == 1, "M", "F"),
            "age_years": rows.age.where(number % 15 != 0),
            "time": rows.time,
            "event": rows.status.astype(int),
            "response_time": pd.Series(day).where((number % 2 == 0) & (day < rows.time)),
        }
    )[COLUMNS]


def stanford() -> pd.DataFrame:
    """The heart transplants: arm is earlier surgery, the response the transplant.

    Trial is the first or second half of the years; sex is not known of anybody.
    """
    rows = datasets.load_stanford_heart_transplants()
    one = rows.groupby("id").agg(
        time=("stop", "max"),
        event=("event", "max"),
        age=("age", "first"),
        year=("year", "first"),
        surgery=("surgery", "first"),
    )
    given = rows[rows["transplant"] == 1].groupby("id")["start"].min()
    return pd.DataFrame(
        {
            "trial": np.where(one.year < 3, "early", "late"),
            "patient": [f"S{i:03d}" for i in one.index],
            "arm": np.where(one.surgery == 1, "operated", "not operated"),
            "sex": "",
            "age_years": (one.age + 48).round(6),
            "time": one.time,
            "event": one.event.astype(int),
            "response_time": given.reindex(one.index),
        }
    )[COLUMNS]


def nested() -> pd.DataFrame:
    """Lung with arms that each belong to one trial, so that one arm per trial has no ratio."""
    rows = lung()
    known = rows[rows.arm.notna()].copy()
    known["arm"] = known.trial + " " + np.where(known.arm == "ECOG 0", "well", "less well")
    return known


def main() -> None:
    """Write every case."""
    for name, table in (("lung", lung()), ("stanford", stanford()), ("nested", nested())):
        table.to_csv(CASES / f"adjusted_{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()

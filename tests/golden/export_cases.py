"""Write the plain CSV inputs of the golden survival values into `cases/`, beside this script.

Run: python tests/golden/export_cases.py

Fixed groups: trial,group,time,event. Response in time: trial,patient,time,event,response_time
(empty = never responded). Where patients come late there is a start as well. event is 1 when it
happened, 0 when censored. Every file keeps the time unit of its source: weeks (freireich, rossi),
days (lung, gbsg2, stanford), years (larynx, aids), months or plain numbers elsewhere. Sources:
lifelines.datasets, DOMAIN.md part h, and invented edge cases.
"""

from pathlib import Path

import pandas as pd
from lifelines import datasets

CASES = Path(__file__).resolve().parent / "cases"
FIXED_COLUMNS = ["trial", "group", "time", "event"]
TIMED_COLUMNS = ["trial", "patient", "time", "event", "response_time"]


def fixed(*groups: tuple[str, str, str]) -> pd.DataFrame:
    """One row a patient from (trial, group, "6 6 6+ 7"), where + marks a censored time."""
    rows = [
        (trial, group, float(word.rstrip("+")), int(not word.endswith("+")))
        for trial, group, words in groups
        for word in words.split()
    ]
    return pd.DataFrame(rows, columns=FIXED_COLUMNS)


def timed(*trials: tuple[str, str]) -> pd.DataFrame:
    """One row a patient from (trial, "6 9+@4"): time, + when censored, @ the time of response."""
    rows = []
    for trial, words in trials:
        for number, word in enumerate(words.split(), start=1):
            time, _, response = word.partition("@")
            event = int(not time.endswith("+"))
            rows.append((trial, f"{trial}{number:02d}", float(time.rstrip("+")), event, response))
    frame = pd.DataFrame(rows, columns=TIMED_COLUMNS)
    frame["response_time"] = pd.to_numeric(frame["response_time"])
    return frame


def worked_examples() -> dict[str, pd.DataFrame]:
    """The examples of DOMAIN.md h6, h8 and h9."""
    strata = [("A", "1 2 3 4 5 6 7 8", 1, 3), ("B", "13 14 15 16 17 18 19 20", 3, 1)]
    return {
        "freireich": fixed(
            ("A", "6-MP", "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"),
            ("A", "Placebo", "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"),
        ),
        "h6": fixed(("A", "all", "3 5+ 8 12 15+ 20+")),
        "h8_survival": fixed(
            *[(trial, "R", words) for trial, words, r, _ in strata for _ in range(r)],
            *[(trial, "NR", words) for trial, words, _, nr in strata for _ in range(nr)],
        ),
        "ties": fixed(("A", "all", "5 5+ 8 9+")),
        "median_exact": fixed(("A", "all", "1 2 3 4")),
        "never_half": fixed(("A", "all", "2 4 4+ 6+ 7+")),
    }


def edge_cases() -> dict[str, pd.DataFrame]:
    """Invented: the corners of the median, of empty groups and of ties."""
    return {
        "half_then_censored": fixed(("A", "all", "1 2 3+ 7+")),
        "half_then_event": fixed(("A", "all", "1 2 3+ 7")),
        "half_by_rounding": fixed(("A", "all", "1 2 3 4 5 6 7 8 9 10 11 12")),
        "half_at_last": fixed(("A", "all", "2 6 6+ 6+")),
        "all_censored": fixed(("A", "a", "2+ 4+ 4+ 6+"), ("A", "b", "1+ 3+ 5+")),
        "one_event": fixed(("A", "a", "2+ 5 7+ 9+"), ("A", "b", "3+ 6+ 8+ 10+")),
        "three_groups": fixed(
            ("S1", "high", "2 3 3+ 5 5 8 9+ 12"),
            ("S1", "low", "1 3 4 4 6+ 7"),
            ("S1", "middle", "2 3 5 6 6+ 10 11"),
            ("S2", "high", "3 5 7 7+ 10 14+ 15"),
            ("S2", "low", "2 2+ 5 5 8 9"),
        ),
    }


def library_cases() -> dict[str, pd.DataFrame]:
    """Public data sets that lifelines carries."""
    lung, gbsg2, larynx, rossi = (
        datasets.load_lung(),
        datasets.load_gbsg2(),
        datasets.load_larynx(),
        datasets.load_rossi(),
    )
    stages = larynx[["Stage_II", "Stage_III", "Stage_IV"]]
    stage = stages.idxmax(axis=1).where(stages.any(axis=1), "Stage_I")
    return {
        "lung": frame("all", lung["sex"], lung["time"], lung["status"]),
        "gbsg2": frame(gbsg2["tgrade"], gbsg2["horTh"], gbsg2["time"], gbsg2["cens"]),
        "larynx": frame("all", stage, larynx["time"], larynx["death"]),
        "rossi": frame(rossi["race"], rossi["fin"], rossi["week"], rossi["arrest"]),
    }


def late_cases() -> dict[str, pd.DataFrame]:
    """Patients who come late, and strata that compare nothing."""
    aids = datasets.load_multicenter_aids_cohort_study()
    early = aids["AIDSY"] < aids["AIDSY"].median()
    group = early.map({True: "earlier", False: "later"})
    prevalent = (aids["W"] > 0).map({True: "prevalent", False: "incident"})
    late = frame(prevalent, group, aids["T"], aids["D"])
    late.insert(2, "start", aids["W"])
    return {
        "aids": late,
        "empty_strata": fixed(
            ("both", "a", "2 3 5+ 7 9"),
            ("both", "b", "1 3 4 6+ 8"),
            ("one group", "a", "1 2 2 6+ 10"),
            ("no event", "a", "4+ 9+"),
            ("no event", "b", "3+ 11+"),
            ("apart", "a", "1 2"),
            ("apart", "b", "1+ 12"),
        ),
    }


def frame(trial, group, time, event) -> pd.DataFrame:
    """Fixed-group columns under our names."""
    columns = {"trial": trial, "group": group, "time": time, "event": event}
    return pd.DataFrame(columns)[FIXED_COLUMNS]


def response_cases() -> dict[str, pd.DataFrame]:
    """DOMAIN.md h7, the Stanford heart transplants, and the corners of DOMAIN.md f2.4 and f2.5."""
    pairs = [f"{month} {month}" + ("@12" if month > 12 else "") for month in range(1, 25)]
    return {
        "h7_first": timed(("A", " ".join(pairs))),
        "h7_second": timed(("A", "2 3 4 6@3 7+ 9 10@5 12 14+@2 15@4 18 20+@8")),
        "stanford": stanford(),
        "timing_edges": timed(
            ("A", "1 4 5@0 5@-0.5 6@6 7+@9 8@5 8 10@3 11 12+@4"),
            ("B", "2 3@1 4@2 5+@2 6@4 7 9 9@6 10@0 13+"),
        ),
    }


def stanford() -> pd.DataFrame:
    """One row a patient from lifelines' (start, stop] rows; "responded" = transplanted."""
    rows = datasets.load_stanford_heart_transplants()
    patients = rows.groupby("id").agg(time=("stop", "max"), event=("event", "max"))
    transplanted = rows[rows["transplant"] == 1].groupby("id")["start"].min()
    patients["response_time"] = transplanted.reindex(patients.index)
    patients = patients.rename_axis("patient").reset_index().assign(trial="all")
    return patients[TIMED_COLUMNS]


def main() -> None:
    """Write every case."""
    CASES.mkdir(exist_ok=True)
    for cases in (
        worked_examples(),
        edge_cases(),
        library_cases(),
        late_cases(),
        response_cases(),
    ):
        for name, table in cases.items():
            table.to_csv(CASES / f"{name}.csv", index=False, lineterminator="\n")
    stanford_rows = datasets.load_stanford_heart_transplants()
    columns = ["id", "start", "stop", "event", "transplant"]
    stanford_rows[columns].to_csv(CASES / "stanford_rows.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()

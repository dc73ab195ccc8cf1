"""The twins reproduce the worked examples of DOMAIN.md, part h."""

import copy

import pytest

from . import recovery, survival

MONTH = 30.4375
YES, NO = survival.YES, survival.NO

# ---------------------------------------------------------------- building tables

H1 = [
    ("P01", "A", "IgG k", "40", ["50", "60", "75", "80"]),
    ("P02", "A", "IgG l", "56", ["70", "70"]),
    ("P03", "A", "IgA k", "3200", ["900", "350"]),
    ("P04", "B", "IgA l", "250", ["300", "380"]),
    ("P05", "A", "LC k", "30", ["50", "65"]),
    ("P06", "A", "IgG k", "200", ["255", "260"]),
    ("P07", "B", "IgG k", "60", ["150", "450"]),
    ("P08", "B", "IgG l", "45", []),
    ("P09", "B", "non-secretory", None, ["90", "95"]),
    ("P10", "B", "IgD l", "<10", ["80", "90"]),
    ("P11", "B", "IgG k", "60", ["75", "80", "62"]),
    ("P12", "B", "IgG k + IgA l", "300", ["120", "90"]),
]


def patient(name="P", trial="A", m_protein="IgG kappa", **more):
    """One row of the patients table."""
    row = {
        "trial": trial,
        "patient": name,
        "arm": None,
        "sex": None,
        "age_years": None,
        "m_protein": m_protein,
        "best_response": None,
        "treatment_start_time": None,
        "treatment_end_day": None,
    }
    return row | more


def measure(
    day, value, name="P", trial="A", analyte="IgA", time=None, unit="mg/dL", low=70.0, high=400.0
):
    """One row of the measurements table."""
    return {
        "trial": trial,
        "patient": name,
        "analyte": analyte,
        "day": day,
        "time": time,
        "value": value,
        "unit": unit,
        "low": low,
        "high": high,
    }


def tables(patients, measurements=(), responses=(), outcomes=(), therapies=()):
    """The five tables."""
    return {
        "patients": list(patients),
        "measurements": list(measurements),
        "responses": list(responses),
        "outcomes": list(outcomes),
        "therapies": list(therapies),
    }


def therapy(kind, start, end=None, name="P", trial="A"):
    """One row of the therapies table."""
    return {"trial": trial, "patient": name, "kind": kind, "start_day": start, "end_day": end}


def h1_tables():
    """Table H1; post-baseline values month by month."""
    patients, rows = [], []
    for name, trial, m_protein, base, post in H1:
        patients.append(patient(name, trial, m_protein))
        if base is not None:
            rows.append(measure(1, base, name, trial))
        for month, value in enumerate(post, 1):
            rows.append(measure(1 + month * MONTH, value, name, trial))
    return tables(patients, rows)


def single(values, **more):
    """The verdict row of one patient with IgA values [(day, value), ...]."""
    data = tables([patient()], [measure(day, value, **more) for day, value in values])
    return recovery.verdicts(data, "IgA")[0]


def in_g_per_l(data):
    """The same tables in g/L: every decimal point moved two places, by text."""
    data = copy.deepcopy(data)
    for row in data["measurements"]:
        operator = row["value"][0] if row["value"][0] in "<>" else ""
        digits = row["value"].lstrip("<>").zfill(3)
        row["value"] = operator + digits[:-2] + "." + digits[-2:]
        row.update(unit="g/L", low=row["low"] / 100, high=row["high"] / 100)
    return data


# ---------------------------------------------------------------- H1


def test_h1_verdicts_last():
    found = {
        r["patient"]: (r["verdict"], r["reason"]) for r in recovery.verdicts(h1_tables(), "IgA")
    }
    assert found == {
        "P01": ("improved_from_low", None),
        "P02": ("improved_from_low", None),
        "P03": ("not_assessable", "involved"),
        "P04": ("not_assessable", "involved"),
        "P05": ("rise_still_low", None),
        "P06": ("improved_from_normal", None),
        "P07": ("rise_above_range", None),
        "P08": ("not_evaluable", "no_post_baseline"),
        "P09": ("not_evaluable", "no_baseline"),
        "P10": ("improved_from_low", None),
        "P11": ("low_no_rise", None),
        "P12": ("not_assessable", "involved"),
    }


@pytest.mark.parametrize(
    "rule, evaluable, low, trial_a, trial_b",
    [
        ("last", (4, 7, 25.0, 84.2), (3, 6), (3, 4), (1, 3)),
        ("confirmed", (5, 7, 35.9, 91.8), (4, 6), (3, 4), (2, 3)),
        ("best", (6, 7, 48.7, 97.4), (5, 6), (3, 4), (3, 3)),
    ],
)
def test_h1_shares(rule, evaluable, low, trial_a, trial_b):
    a, b, pooled = recovery.shares(h1_tables(), "IgA", "evaluable", final=rule)
    assert [x["trial"] for x in (a, b, pooled)] == ["A", "B", "pooled"]
    assert [pooled["n_" + d] for d in ("treated", "assessable", "evaluable", "low")] == [
        12,
        9,
        7,
        6,
    ]
    assert (pooled["improved"], pooled["n"]) == evaluable[:2]
    assert [round(100 * pooled[k], 1) for k in ("lower", "upper")] == list(evaluable[2:])
    assert (a["improved"], a["n"], b["improved"], b["n"]) == trial_a + trial_b
    normalised = recovery.shares(h1_tables(), "IgA", "low", final=rule)[-1]
    assert (normalised["improved"], normalised["n"]) == low


@pytest.mark.parametrize(
    "denominator, n, numbers",
    [
        ("low", 6, [50.0, 18.8, 81.2]),
        ("assessable", 9, [44.4, 18.9, 73.3]),
        ("treated", 12, [33.3, 13.8, 60.9]),
    ],
)
def test_h1_denominators(denominator, n, numbers):
    pooled = recovery.shares(h1_tables(), "IgA", denominator)[-1]
    assert pooled["n"] == n
    assert [round(100 * pooled[k], 1) for k in ("share", "lower", "upper")] == numbers


def test_h1_wrong_ways_are_told_apart():
    data = h1_tables()
    for row in data["patients"]:
        row["m_protein"] = "LC"
    pooled = recovery.shares(data, "IgA")[-1]
    assert (pooled["improved"], pooled["n"]) == (5, 10)
    data["measurements"] = [m for m in data["measurements"] if m["value"] != "<10"]
    pooled = recovery.shares(data, "IgA")[-1]
    improved = [
        r["patient"] for r in recovery.verdicts(data, "IgA") if r["verdict"].startswith("improved")
    ]
    assert (pooled["improved"], pooled["n"]) == (4, 9)
    assert improved == ["P01", "P02", "P04", "P06"]


def test_h1_shift():
    cells = recovery.shift(h1_tables(), "IgA")
    pooled = {}
    for (_, before, after), n in cells.items():
        pooled[before, after] = pooled.get((before, after), 0) + n
    assert pooled == {
        ("low", "low"): 2,
        ("low", "normal"): 3,
        ("low", "high"): 1,
        ("normal", "normal"): 1,
        ("low", "missing"): 1,
        ("missing", "normal"): 1,
    }


@pytest.mark.parametrize("rule", ["last", "best", "confirmed"])
def test_h1_same_in_g_per_l(rule):
    data = h1_tables()
    assert recovery.verdicts(data, "IgA", final=rule) == recovery.verdicts(
        in_g_per_l(data), "IgA", final=rule
    )


# ---------------------------------------------------------------- H2, H3, H4


def test_h2_threshold_arithmetic():
    si = {"unit": "g/L", "low": 0.7, "high": 4.0}
    assert single([(1, "0.56"), (29, "0.70")], **si)["verdict"] == "improved_from_low"
    assert single([(1, "56"), (29, "70")])["verdict"] == "improved_from_low"
    si["low"] = 0.5
    assert single([(1, "0.40"), (29, "0.50")], **si)["verdict"] == "improved_from_low"
    assert single([(1, "60"), (29, "450")])["verdict"] == "rise_above_range"


def test_h3_units_and_ranges():
    data = tables(
        [patient()], [measure(1, "45"), measure(29, "0.80", unit="g/L", low=0.7, high=4.0)]
    )
    row = recovery.verdicts(data, "IgA")[0]
    assert row["verdict"] == "improved_from_low"
    assert (row["baseline_g_per_l"], row["final_g_per_l"]) == (0.45, 0.8)
    mayo = single([(1, "45"), (29, "65")], low=61.0, high=356.0)
    assert mayo["verdict"] == "improved_from_low"
    assert single([(1, "45"), (29, "65")])["verdict"] == "rise_still_low"


def test_h3_default_range():
    assert single([(1, "45"), (29, "70")], low=None, high=None)["verdict"] == "improved_from_low"
    assert single([(1, "45"), (29, "69")], low=None, high=None)["verdict"] == "rise_still_low"


def test_h4_below_quantification():
    assert single([(1, "<5"), (29, "72")])["verdict"] == "improved_from_low"
    assert single([(1, "<60"), (29, "72")])["verdict"] == "indeterminate"
    assert single([(1, "<60"), (29, "<72")])["verdict"] == "indeterminate"
    assert single([(1, "60"), (29, "<70")])["verdict"] == "low_no_rise"
    assert single([(1, "60"), (29, ">400")])["verdict"] == "rise_above_range"
    assert single([(1, "60"), (29, ">80")])["verdict"] == "indeterminate"
    assert single([(1, ">60"), (29, "60")])["verdict"] == "low_no_rise"


# ---------------------------------------------------------------- H5 and b5 rules


def h5_iga():
    """H5, first part: two values on day 1, before and after the dose at 09:00."""
    rows = [
        measure(-14, "60"),
        measure(1, "52", time="08:30"),
        measure(1, "55", time="11:00"),
        measure(29, "60"),
        measure(57, "75"),
        measure(85, "68"),
    ]
    return tables([patient(treatment_start_time="09:00")], rows)


def test_h5_baseline_and_final():
    last = recovery.verdicts(h5_iga(), "IgA")[0]
    assert (last["baseline_g_per_l"], last["final_g_per_l"]) == (0.52, 0.68)
    assert last["verdict"] == "rise_still_low"
    best = recovery.verdicts(h5_iga(), "IgA", final="best")[0]
    assert (best["verdict"], best["final_day"]) == ("improved_from_low", 57)
    assert round(100 * (best["final_g_per_l"] / best["baseline_g_per_l"] - 1), 1) == 44.2
    assert recovery.verdicts(h5_iga(), "IgA", final="confirmed")[0]["verdict"] == "rise_still_low"
    assert (recovery.elapsed(-1), recovery.elapsed(1), recovery.elapsed(2)) == (-1, 0, 1)


def h5_igg(therapies):
    """H5, second part: IgG in IgA myeloma."""
    rows = [
        measure(day, value, analyte="IgG", low=700.0, high=1600.0)
        for day, value in ((1, "300"), (29, "320"), (57, "850"))
    ]
    return tables([patient(m_protein="IgA kappa")], rows, therapies=therapies)


def igg_row(therapies):
    """The IgG verdict of H5's second part under some therapies."""
    return recovery.verdicts(h5_igg(therapies), "IgG")[0]


def test_h5_replacement():
    ivig = "immunoglobulin replacement"
    row = igg_row([therapy(ivig, 40)])
    assert (row["verdict"], row["final_g_per_l"], row["final_day"]) == ("low_no_rise", 3.2, 29)
    assert igg_row([])["verdict"] == "improved_from_low"
    assert igg_row([therapy(ivig, 10, 20)])["reason"] == "only_after_replacement"
    assert igg_row([therapy(ivig, -10)])["reason"] == "replacement_at_baseline"


def test_counting_stops():
    stop = [therapy("transplant", 29)]
    assert igg_row(stop)["final_day"] == 29
    stop = [therapy("next therapy", 29)]
    assert igg_row(stop)["reason"] == "no_post_baseline"
    data = h5_igg([])
    data["responses"] = [{"trial": "A", "patient": "P", "day": 56, "response": "PD"}]
    assert recovery.verdicts(data, "IgG")[0]["final_day"] == 29
    data = h5_igg([])
    data["patients"][0]["treatment_end_day"] = 27.0
    assert recovery.verdicts(data, "IgG")[0]["final_day"] == 57
    data["patients"][0]["treatment_end_day"] = 26.0
    assert recovery.verdicts(data, "IgG")[0]["final_day"] == 29
    data = h5_igg([])
    data["outcomes"] = [
        {
            "trial": "A",
            "patient": "P",
            "endpoint": "PFS",
            "time_days": 40.0,
            "event": 1,
            "origin_day": None,
        }
    ]
    assert recovery.verdicts(data, "IgG")[0]["final_day"] == 29


def test_confirmed_needs_a_pair():
    data = tables([patient()], [measure(1, "40"), measure(29, "80"), measure(120, "90")])
    row = recovery.verdicts(data, "IgA", final="confirmed")[0]
    assert (row["verdict"], row["reason"]) == ("in_range_no_rise", "not_confirmed")
    data["measurements"][2]["day"] = 113
    row = recovery.verdicts(data, "IgA", final="confirmed")[0]
    assert (row["verdict"], row["final_day"]) == ("improved_from_low", 113)


@pytest.mark.parametrize(
    "text, chains",
    [
        ("IgG kappa", {"G"}),
        ("IgG-k", {"G"}),
        ("G/K", {"G"}),
        ("BJP", set()),
        ("LC", set()),
        ("IgA lambda", {"A"}),
        ("IgM", {"M"}),
        ("light chain only", set()),
        ("IgD l", {"D"}),
        ("IgE", {"E"}),
        ("non-secretory", set()),
        ("biclonal IgG+IgA", {"G", "A"}),
        ("IgG kappa + IgG lambda", {"G"}),
        ("IgG k + IgA l", {"G", "A"}),
        ("", None),
        (None, None),
        ("unknown", None),
        ("paraprotein", None),
        ("myeloma", None),
    ],
)
def test_b1_m_protein(text, chains):
    assert recovery.involved_chains(text) == chains


def test_unknown_m_protein():
    data = tables([patient(m_protein=None)], [measure(1, "56"), measure(29, "70")])
    assert recovery.verdicts(data, "IgA")[0]["reason"] == "isotype_unknown"
    row = recovery.verdicts(data, "IgA", no_m_protein_trials=frozenset({"A"}))[0]
    assert row["verdict"] == "improved_from_low"


# ---------------------------------------------------------------- building intervals


def one_group(times, group="g", trial="A"):
    """'6+' is censored at 6, '6' an event."""
    return [
        (trial, group, 0.0, float(str(t).rstrip("+")), 0 if str(t).endswith("+") else 1)
        for t in times
    ]


def cohort(rows):
    """Tables from (trial, months, event, response month or None)."""
    data = tables([])
    for number, (trial, months, event, response) in enumerate(rows):
        key = {"trial": trial, "patient": f"S{number}"}
        data["patients"].append(patient(key["patient"], trial))
        data["outcomes"].append(
            key
            | {"endpoint": "OS", "time_days": months * MONTH, "event": event, "origin_day": None}
        )
        data["responses"].append(key | {"day": MONTH, "response": "SD"})
        if response is not None:
            data["responses"].append(key | {"day": response * MONTH, "response": "PR"})
    return data


def of(rows, group):
    """The intervals of one group."""
    return [row for row in rows if row[1] == group]


def close(numbers, wanted, digits=3):
    """Equal after rounding as printed in DOMAIN."""
    return [round(x, digits) for x in numbers] == list(wanted)


# ---------------------------------------------------------------- H6


def test_h6_event_coding():
    right = one_group(["3", "5+", "8", "12", "15+", "20+"])
    assert survival.median(right) == (12, 3, None)
    row = next(r for r in survival.km(right) if r[0] == 12)
    assert row[1] == 3 and close(row[4:], [0.4167, 0.0560, 0.7665], 4)
    wrong = [(t, g, a, b, 1 - e) for t, g, a, b, e in right]
    assert survival.median(wrong)[0] == 15
    assert round(next(r for r in survival.km(wrong) if r[0] == 12)[4], 2) == 0.80


# ---------------------------------------------------------------- H7


def h7_first():
    """H7: two die each month; of each pair after month 12 one responds at month 12."""
    rows = []
    for month in range(1, 25):
        rows += [("A", month, 1, 12 if month > 12 else None), ("A", month, 1, None)]
    return cohort(rows)


def test_h7_naive():
    rows = survival.intervals(h7_first(), "OS", timing="ever")
    assert [survival.median(of(rows, g))[0] / MONTH for g in (YES, NO)] == [18.5, 9.5]
    test = survival.logrank(rows)
    assert round(test["statistic"], 3) == 6.525 and round(test["p"], 4) == 0.0106
    assert close(survival.efron_hr(rows, YES, NO), [0.448, 0.231, 0.868])
    assert sum(r[3] - r[2] for r in of(rows, YES)) / MONTH == 222


def test_h7_landmark():
    rows = survival.intervals(h7_first(), "OS", timing="landmark", landmark_months=12)
    assert (len(of(rows, YES)), len(of(rows, NO))) == (12, 12)
    assert [survival.median(of(rows, g))[0] / MONTH for g in (YES, NO)] == [6.5, 6.5]
    assert survival.logrank(rows)["statistic"] == pytest.approx(0, abs=1e-12)
    assert close(survival.efron_hr(rows, YES, NO), [1.000, 0.449, 2.226])


def test_h7_time_dependent():
    rows = survival.intervals(h7_first(), "OS")
    assert len(rows) == 60
    assert close(survival.efron_hr(rows, YES, NO), [1.000, 0.449, 2.226])
    test = survival.logrank(rows)
    assert test["observed"][YES] == 12 and round(test["expected"][YES], 9) == 12
    assert round(test["variance"][YES], 3) == 4.888
    assert test["statistic"] == pytest.approx(0, abs=1e-12)
    assert sum(r[3] - r[2] for r in of(rows, YES)) / MONTH == 78


def test_h7_no_responder_by_landmark():
    rows = survival.intervals(h7_first(), "OS", timing="landmark", landmark_months=6)
    assert (len(of(rows, YES)), len(of(rows, NO))) == (0, 36)
    assert survival.logrank(rows)["p"] is None and survival.efron_hr(rows, YES, NO) is None


def h7_second():
    """H7, second set of 12 patients."""
    times = [2, 3, 4, 6, 7, 9, 10, 12, 14, 15, 18, 20]
    events = [1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    response = [None, None, None, 3, None, None, 5, None, 2, 4, None, 8]
    return cohort([("A", *row) for row in zip(times, events, response, strict=True)])


def test_h7_second_set():
    ever = survival.intervals(h7_second(), "OS", timing="ever")
    assert close(survival.efron_hr(ever, YES, NO), [0.402, 0.099, 1.638])
    assert round(survival.logrank(ever)["statistic"], 3) == 1.721
    rows = survival.intervals(h7_second(), "OS")
    assert close(survival.efron_hr(rows, YES, NO), [0.640, 0.138, 2.974])
    test = survival.logrank(rows)
    assert test["observed"][YES] == 3
    assert close(
        [test["expected"][YES], test["variance"][YES], test["statistic"]],
        [3.7401, 1.6689, 0.3282],
        4,
    )
    assert round(test["p"], 3) == 0.567


def test_h7_second_set_landmark():
    rows = survival.intervals(h7_second(), "OS", timing="landmark", landmark_months=5)
    assert (len(of(rows, YES)), len(of(rows, NO))) == (4, 5)
    assert close(survival.efron_hr(rows, YES, NO), [2.080, 0.344, 12.587])
    assert round(survival.logrank(rows)["statistic"], 3) == 0.663
    assert (15.0 * MONTH, 0) in [(r[3], r[4]) for r in of(rows, NO)]  # patient 12


def test_simon_makuch_from_the_landmark():
    rows = survival.simon_makuch(h7_second(), "OS", landmark_months=4)
    assert len(rows) == 11  # nine after month 4, two of them change over later
    assert survival.risk_row(of(rows, YES), 0.0) == (3, 0, 0)
    assert survival.risk_row(of(rows, NO), 0.0) == (6, 0, 0)
    assert survival.risk_row(of(rows, YES), 3 * MONTH) == (3, 1, 0)
    assert survival.risk_row(of(rows, NO), 3 * MONTH) == (5, 0, 1)


# ---------------------------------------------------------------- f2


def small(responses, therapies=(), event=1, origin=None):
    """Intervals of one patient with T = 100."""
    key = {"trial": "A", "patient": "P"}
    outcome = key | {"endpoint": "OS", "time_days": 100.0, "event": event, "origin_day": origin}
    rows = [key | {"day": day, "response": word} for day, word in responses]
    data = tables([patient()], [], rows, [outcome], therapies)
    return [r[1:] for r in survival.intervals(data, "OS")]


def test_f2_pieces():
    never = [(NO, 0, 100, 1)]
    assert small([(31, "PR")]) == [(NO, 0, 31, 0), (YES, 31, 100, 1)]
    assert small([(1, "PR")]) == [(NO, 0, 1, 0), (YES, 1, 100, 1)]
    assert small([(-1, "PR")]) == [(YES, 0, 100, 1)]
    assert small([(100, "PR")]) == never  # on the day of the event: not used
    assert small([(31, "MR"), (41, "SD")]) == never
    assert small([(21, "PD"), (31, "PR")]) == never
    assert small([(31, "PD"), (31, "PR")]) == [(NO, 0, 31, 0), (YES, 31, 100, 1)]
    assert small([(31, "PR")], [therapy("next therapy", 31)]) == never
    assert small([(31, "PR")], origin=-9) == [(NO, 0, 40, 0), (YES, 40, 100, 1)]
    assert small([(31, "PR")], origin=40) == [(YES, 0, 100, 1)]
    assert small([]) == [] and small([(5, "MISSING")]) == [] and small([(5, "NE")]) == never


def test_f2_best_response_serves_ever_only():
    key = {"trial": "A", "patient": "P"}
    outcome = key | {"endpoint": "OS", "time_days": 100.0, "event": 1, "origin_day": None}
    data = tables([patient(best_response="CR")], outcomes=[outcome])
    assert survival.intervals(data, "OS") == []
    assert survival.intervals(data, "OS", timing="ever") == [("A", YES, 0, 100, 1)]
    with pytest.raises(ValueError, match="starts at response"):
        survival.intervals(data, "DOR")


# ---------------------------------------------------------------- H8


def test_h8_stratified():
    rows = []
    for start, trial, responders in ((1, "A", 1), (13, "B", 3)):
        for time in range(start, start + 8):
            rows += one_group([time] * responders, YES, trial)
            rows += one_group([time] * (4 - responders), NO, trial)
    stacked = [("X", *row[1:]) for row in rows]
    assert close(survival.efron_hr(stacked, YES, NO), [0.475, 0.288, 0.783])
    assert round(survival.logrank(stacked)["p"], 4) == 0.0017
    assert [survival.median(of(stacked, g))[0] for g in (YES, NO)] == [15, 6]
    assert close(survival.efron_hr(rows, YES, NO), [1.000, 0.568, 1.761])
    assert survival.logrank(rows)["statistic"] == pytest.approx(0, abs=1e-12)


def test_h8_wilson():
    assert close([100 * x for x in recovery.wilson(28, 50)], [42.3, 68.8], 1)
    assert close([100 * x for x in recovery.wilson(25, 50)], [36.6, 63.4], 1)
    assert close([100 * x for x in recovery.wilson(53, 100)], [43.3, 62.5], 1)
    assert close([100 * x for x in recovery.wilson(128, 250)], [45.0, 57.3], 1)


# ---------------------------------------------------------------- H9

MERCAPTOPURINE = one_group(
    [
        6,
        6,
        6,
        "6+",
        7,
        "9+",
        10,
        "10+",
        "11+",
        13,
        16,
        "17+",
        "19+",
        "20+",
        22,
        23,
        "25+",
        "32+",
        "32+",
        "34+",
        "35+",
    ],
    "6-MP",
)
PLACEBO = one_group(
    [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], "placebo"
)


def at(rows, time, kind):
    """Survival and limits at an event time."""
    return next(row[4:] for row in survival.km(rows, kind) if row[0] == time)


def test_h9_medians():
    assert survival.median(MERCAPTOPURINE, "log") == (23, 16, None)
    assert survival.median(MERCAPTOPURINE, "log-log") == (23, 13, None)
    assert survival.median(PLACEBO, "log") == (8, 4, 12)
    assert survival.median(PLACEBO, "log-log") == (8, 4, 11)
    swapped = [(t, g, a, b, 1 - e) for t, g, a, b, e in MERCAPTOPURINE + PLACEBO]
    assert survival.median(swapped)[0] == 32


@pytest.mark.parametrize(
    "kind, limits",
    [("log", [0.586, 0.968]), ("log-log", [0.503, 0.889]), ("plain", [0.564, 0.942])],
)
def test_h9_survival_at_10(kind, limits):
    surv, *found = at(MERCAPTOPURINE, 10, kind)
    assert round(surv, 4) == 0.7529 and close(found, limits)


def test_h9_placebo_at_12():
    assert round(at(PLACEBO, 12, "log-log")[0], 4) == 0.1905
    assert close(at(PLACEBO, 12, "log-log")[1:], [0.059, 0.377])


def test_h9_comparison():
    test = survival.logrank(MERCAPTOPURINE + PLACEBO)
    assert test["observed"] == {"6-MP": 9, "placebo": 21}
    assert close(test["expected"].values(), [19.25, 10.75], 2)
    assert round(test["statistic"], 3) == 16.793 and test["df"] == 1
    hr = survival.efron_hr(MERCAPTOPURINE + PLACEBO, "6-MP", "placebo")
    assert close(hr, [0.208, 0.093, 0.466])


def test_h9_risk_table():
    assert survival.risk_row(PLACEBO, 12) == (6, 15, 0)
    assert survival.risk_row(MERCAPTOPURINE, 10) == (15, 4, 2)
    assert survival.risk_row(PLACEBO, 0) == (21, 0, 0)


def test_h9_ties_and_medians():
    tie = one_group(["5", "5+", "8", "9+"])
    assert [row[4] for row in survival.km(tie) if row[2]] == [0.75, 0.375]
    assert survival.median(one_group([1, 2, 3, 4]))[0] == 2.5
    flat = one_group(["2", "4", "4+", "6+", "7+"])
    assert survival.median(flat)[0] is None
    assert min(row[4] for row in survival.km(flat)) == pytest.approx(0.6)


def test_monotone_likelihood_has_no_hazard_ratio():
    rows = one_group(["5+", "6+"], YES) + one_group([1, 2, 3], NO)
    assert survival.efron_hr(rows, YES, NO) is None
    assert survival.efron_hr(rows, NO, YES) is None


def test_three_groups():
    rows = one_group([1, 4, 6], "a") + one_group([2, 3, 9], "b") + one_group([5, 7, 8], "c")
    test = survival.logrank(rows)
    assert test["df"] == 2 and round(test["statistic"], 4) == 1.5371  # R survdiff
    assert sum(test["observed"].values()) == pytest.approx(sum(test["expected"].values()))

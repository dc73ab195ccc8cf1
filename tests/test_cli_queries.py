"""Queries on the command line: refusals in words, JSON, and the canonical text."""

from __future__ import annotations

import json
import random
from urllib.parse import parse_qsl, quote

import pytest

from igcore import __version__, analysis
from tests.conftest import TRIALS


def answered(run, *arguments: str) -> dict:
    code, out, err = run(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("survival?endpoint=relaps", 'Endpoint: "relaps" is not one of OS, PFS.'),
        ("survival?colour=red", '"colour" is not one of trial, arm, sex'),
        ("survival?landmark=soon", 'Landmark: "soon" is not a number from 0 to'),
        ("survival?landmark=nan", 'Landmark: "nan" is not'),
        ("survival?landmark=1e400", 'Landmark: "1e400" is not'),
        ("survival?landmark=", 'Landmark: "" is not'),
        ("survival?landmark=1_0", 'Landmark: "1_0" is not'),
        ("survival?landmark=4&landmark=4", "Landmark is given 2 times"),
        ("survival?group=arm&landmark=4", "Landmark does not apply here"),
        (
            "survival?group=sex&timing=ever",
            "Response, recovery or infection counted does not apply here",
        ),
        ("survival?group=trial&responder=CR", "Responder does not apply here"),
        ("survival?timing=ever&landmark=4", "Landmark does not apply here"),
        ("survival?timing=ever&reference=responder", "Reference does not apply here"),
        ("survival?group=trial&stratify=trial", 'Stratified: "trial" is not the only choice'),
        ("survival?group=arm&reference=F", 'Reference: "F" is not one of'),
        ("survival?trial=C", 'Trials: "C" is not one of'),
        ("survival?arm=", 'Arms: "" is not one of'),
        ("recovery?analyte=IgD", 'Isotypes: "IgD" is not one of IgA, IgG, IgM.'),
        ("recovery?rise=-1", 'Rise at least: "-1" is not a number from 0'),
        ("recovery?timing=ever", '"timing" is not one of'),
        ("recovery?data=0", "no trials in this version"),
        ("recovery?data=4", 'Data version: "4" is not one of 0 to 3.'),
        ("recovery?data=-1", "Data version"),
        ("recovery?data=1&data=1", "Data version"),
        ("patient?key=0", 'Patient key: "0" is not'),
        ("patient?key=1e0", "keys are whole numbers"),
        ("patient?key=999999999999", "keys are whole numbers"),
        ("patient?key=1&trial=SIM", "Patient key: 1 is not among trials SIM"),
        ("overview?rise=25", '"rise" is not one of'),
    ],
)
def test_a_wrong_query_is_refused_in_words_with_the_value_and_what_is_allowed(query, words, run):
    code, out, err = run("show", query)
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith("igcore: ")


def test_the_json_of_a_query_has_the_shape_that_others_may_rely_on(run):
    told = answered(run, "show", "survival?endpoint=OS&timing=landmark&landmark=1&stratify=none")
    assert {"query", "data_version", "igcore_version", "method", "notes", "tables"} <= set(told)
    assert (told["data_version"], told["igcore_version"]) == (3, __version__)
    tables = told["tables"]
    assert {"groups", "curve", "risk", "comparison", "test"} <= set(tables)
    # Kept: T > 30.4375 days, so patients 2 to 12; nobody responds before day 40.
    (group,) = tables["groups"]
    assert (group["group"], group["n"], group["events"]) == ("non-responder", 22, 20)
    assert list(tables["curve"][0]) == [
        *("group", "month", "survival", "lower", "upper", "at_risk"),
    ]
    told = answered(run, "show", "recovery?analyte=IgA&trial=SIM")
    assert told["simulated"] is True
    (share, pooled) = told["tables"]["shares"]
    # 56 -> 56 + 2i: improved from i = 7 (70 mg/dL, +25 %) on. Patient 1 progressed on day 20,
    # before the value of day 29: 6 of 11.
    assert (share["trial"], share["n"], share["improved"]) == ("SIM", 11, 6)
    assert share["share"] == 6 / 11
    assert pooled["trial"] == "pooled"
    told = answered(run, "show", "patient?key=7")
    assert told["tables"]["patient"][0]["patient"] == "<7>"
    assert told["tables"]["outcomes"][0] == {
        "endpoint": "OS", "time_days": 210.0, "event": True, "origin_day": 1.0,
    }  # fmt: skip


def test_what_is_not_reached_is_null(run):
    told = answered(run, "show", "survival?group=sex&trial=SIM&arm=Dex%2Flow&endpoint=OS")
    assert told["tables"]["groups"][0]["median_upper"] is None


PAIRS = (
    ("survival?timing=landmark&landmark=1", ["survival", "--timing", "landmark", "--landmark", "1"]),
    ("survival?group=arm&arm=Len%2C%20high&reference=Len, high", [
        "survival", "--group", "arm", "--arm", "Len, high", "--reference", "Len, high"]),
    (f"recovery?trial={quote(TRIALS[1])}&rise=30&analyte=IgA", [
        "recovery", "--analyte", "IgA", "--trial", TRIALS[1], "--rise", "30"]),
    ("patient?key=14&final=best&data=2", ["patient", "--key", "14", "--final", "best", "--data", "2"]),
    ("overview?trial=SIM", ["overview", "--trial", "SIM"]),
)  # fmt: skip


@pytest.mark.parametrize(("query", "flags"), PAIRS)
def test_show_and_the_analysis_by_its_name_give_the_same(query, flags, run):
    assert answered(run, "show", query) == answered(run, *flags)
    assert run("show", query, "--format", "csv")[1] == run(*flags, "--format", "csv")[1]


def test_the_canonical_text_has_declared_order_defaults_sorted_lists_and_data_last(run):
    given = f"survival?stratify=none&trial={quote(TRIALS[0])}&endpoint=PFS&trial={quote(TRIALS[1])}"
    assert answered(run, "show", given)["query"] == (
        "survival?trial=50%25%20%3D%20%2Bx%3F&trial=A%20%26%20B&endpoint=PFS&group=response"
        "&responder=PR&timing=time-dependent&landmark=4&stratify=none&reference=non-responder"
        "&test=log-rank&ties=efron&limits=wald&horizon=longest&interval=log-log&rates=1&rates=3"
        "&rates=6&risk_every=1&curve=survival&data=3"
    )
    assert answered(run, "show", "recovery?final=best&rise=25.0&analyte=IgM&analyte=IgA")[
        "query"
    ].endswith(
        "&analyte=IgA&analyte=IgM&rise=25&range=own&final=best&denominator=evaluable"
        "&missing=left-out&baseline_window=35&progression=on&transplant=on&next_therapy=on"
        "&interval=wilson&responder=PR&landmark=4&data=3"
    )


def test_simulated_trials_join_real_ones_only_when_named(run):
    told = answered(run, "show", "overview")
    assert [row["trial"] for row in told["tables"]["trials"]] == sorted(TRIALS[:2])
    assert told["simulated"] is False
    told = answered(run, "show", f"overview?trial=SIM&trial={quote(TRIALS[0])}")
    assert [row["trial"] for row in told["tables"]["trials"]] == [TRIALS[0], "SIM"]
    assert told["simulated"] is True
    assert "SIMULATED" in run("show", "overview?trial=SIM")[1].splitlines()[0]
    assert "SIMULATED" not in run("show", "overview")[1]


def random_query(rng: random.Random) -> str:
    """A query of declared and undeclared parameters with right, wrong and hostile values."""
    asked = rng.choice(list(analysis.ANALYSES.values()))
    names = [parameter.name for parameter in asked.parameters]
    values = [
        "",
        "0",
        "1",
        "4",
        "-1",
        "nan",
        "1e9",
        "IgA",
        "OS",
        "PFS",
        "arm",
        "sex",
        "trial",
        "CR",
    ]
    values += ["none", "ever", "landmark", "response", "best", "low", "log", "plain", "responder"]
    values += ["F", "Dex/low", "<b>", "';--", "%", "\0", "κ", "²", "1_0", *TRIALS]
    pairs = []
    for name in rng.choices([*names, "data", "x"], k=rng.randrange(4)):
        allowed = next((p.kind.allowed() for p in asked.parameters if p.name == name), "")
        right = [word.strip() for word in allowed.split("|")]
        pairs.append(f"{name}={quote(rng.choice(values + right * 9))}")
    return f"{asked.name}?{'&'.join(pairs)}"


def test_any_query_is_answered_or_refused_in_words_and_its_canonical_text_is_stable(run):
    rng = random.Random(11)
    told, refused = 0, 0
    for _ in range(40):
        query = random_query(rng)
        code, out, err = run("show", query, "--format", "json")
        assert code in (0, 2), query
        if code:
            assert (out, err[:8]) == ("", "igcore: "), query
            refused += 1
            continue
        answer = json.loads(out)
        canonical = answer["query"]
        asked = analysis.ANALYSES[canonical.partition("?")[0]]
        order = [name for name, _ in parse_qsl(canonical.partition("?")[2])]
        declared = [parameter.name for parameter in asked.parameters] + ["data"]
        assert order == sorted(order, key=declared.index), query
        assert run("show", canonical, "--format", "json") == (0, out, ""), query
        told += 1
    assert min(told, refused) >= 10

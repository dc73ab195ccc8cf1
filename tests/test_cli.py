"""The command line: exit codes, what add tells, uploads, help, and a real process."""

from __future__ import annotations

import datetime
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from igcore import analysis
from igcore.__main__ import main
from igcore.store import ROOT, Pool, history


def test_add_tells_what_it_did_as_json_and_exits_by_what_was_added(run, tmp_path):
    where = ["--pool", str(tmp_path / "own.duckdb"), "--format", "json"]
    good = tmp_path / "patients.csv"
    good.write_text("trial,patient,sex,colour\nA,1,F,red\nA,2,woman,blue\n")
    code, out, _ = run("add", str(good), *where)
    told = json.loads(out)
    assert (code, told["upload"], told["data_version"]) == (0, 1, 1)  # partly is 0 as well
    counts = told["tables"]["patients"]
    assert {name: counts[name] for name in ("read", "added", "skipped", "refused")} == {
        "read": 2, "added": 1, "skipped": 0, "refused": 1,
    }  # fmt: skip
    (problem,) = told["problems"]
    assert {"file", "sheet", "line", "column", "value", "problem", "cure"} <= set(problem)
    assert (problem["line"], problem["column"], problem["value"]) == (3, "sex", "woman")
    assert told["recognised"][0]["ignored"] == ["colour"]
    code, out, _ = run("add", str(good), *where, "--all-or-nothing")
    assert (code, json.loads(out)["upload"], json.loads(out)["data_version"]) == (1, None, 1)
    good.write_text("trial,patient\nA,1\n")
    assert run("add", str(good), *where)[0] == 1  # other content: sex is missing now
    good.write_text("trial,patient,sex\nA,1,F\n")
    assert run("add", str(good), *where)[0] == 0  # all there already
    Pool.open(tmp_path / "own.duckdb").close()


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("conquer", 2, "invalid choice"),
        ("add", 2, "required: FILE"),
        ("add absent.csv", 2, "There is no file absent.csv"),
        ("add igcore", 2, "There is no file igcore"),
        ("add requirements.txt", 1, ""),
        ("add requirements.txt --cutoff 2009-02-30", 2, "is not a date such as"),
        ("remove one --why x", 2, "invalid int"),
        ("remove 1", 2, "required: --why"),
        ("remove 99 --why x", 2, '"99" is not one of'),
        ("remove 1 --why ' '", 2, "needs a reason"),
        ("show", 2, "required: QUERY"),
        ("show ''", 2, 'Analysis: "" is not one of overview, patient'),
        ("show conquest", 2, 'Analysis: "conquest" is not one of'),
        ("show recovery --table none", 2, 'Table: "none" is not one of verdicts, shares, shift'),
        ("show recovery --format xml", 2, "invalid choice"),
        ("backup requirements.txt", 2, "There is a file at"),
        ("backup nowhere/x", 2, "There is no folder"),
        ("survival --endpoint \udcff", 2, "is not text in UTF-8"),
        ("check --pool absent.duckdb", 1, "There is no pool at"),
        ("check --pool requirements.txt", 1, "cannot be opened"),
    ],
)
def test_wrong_usage_exits_2_and_what_cannot_be_done_exits_1_both_in_words(
    command, code, words, run, monkeypatch
):
    monkeypatch.chdir(ROOT)
    found, _, err = run(*shlex.split(command))
    assert found == code
    assert words in err
    assert "Traceback" not in err


def test_help_is_generated_from_the_declarations(capsys):
    for name, asked in analysis.ANALYSES.items():
        with pytest.raises(SystemExit) as stop:
            main([name, "--help"])
        assert stop.value.code == 0
        text = " ".join(capsys.readouterr().out.split())
        for parameter in asked.parameters:
            assert f"--{parameter.name.replace('_', '-')}" in text
            assert parameter.kind.label in text
    with pytest.raises(SystemExit, match="2"):
        main([])
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    text = capsys.readouterr().out
    for command in (
        "add",
        "show",
        "uploads",
        "remove",
        "backup",
        "check",
        "demo",
        *analysis.ANALYSES,
    ):
        assert re.search(rf"^    {command}\s", text, re.MULTILINE)


def test_uploads_are_listed_removed_with_a_reason_and_backed_up(run, tmp_path):
    copy = str(tmp_path / "copy.duckdb")
    assert run("backup", copy)[:2] == (0, f"Written: {copy}\n")
    assert main(["remove", "3", "--why", "it's simulated", "--by", "Bob", "--pool", copy]) == 0
    assert run("uploads", "--pool", copy, "--format", "json")[0] == 0
    listed = json.loads(run("uploads", "--format", "json")[1])
    assert [(row["upload"], row["stated_by"], row["why"]) for row in listed] == [
        (3, "Ada", None), (2, "Ada", None), (1, "Ada", None),
    ]  # fmt: skip
    assert len(listed[0]["files"][0]["sha256"]) == 64
    assert run("check") == (0, "Every version holds what was added to it.\n", "")
    Pool.open(copy).close()


def real_process(*arguments: str, pool: str | Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "igcore", *arguments]
    environment = {**os.environ, "IGCORE_POOL": str(pool), "TZ": "Asia/Tokyo"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)


def test_a_real_process_takes_odd_bytes_and_the_pool_of_its_environment_and_writes_utc(tmp_path):
    odd = os.fsencode(tmp_path) + b"/pati\xffents.csv"
    Path(os.fsdecode(odd)).write_text("trial,patient\nA,1\n")
    done = real_process("add", os.fsdecode(odd), "--format", "json", pool=tmp_path / "p.duckdb")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["tables"]["patients"]["added"] == 1
    done = real_process("show", "survival", pool=tmp_path / "p.duckdb")
    assert done.returncode == 2
    assert (
        done.stderr
        == b"igcore: Endpoint: these trials have no outcomes. Add them on the Upload page.\n"
    )
    pool = Pool.open(tmp_path / "p.duckdb")
    age = (
        datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - history.uploads(pool).written[0]
    )
    pool.close()
    assert abs(age) < datetime.timedelta(minutes=10)

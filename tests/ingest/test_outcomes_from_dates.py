"""OS and PFS from the dates and flags of a ward. Expected values are worked by hand."""

from __future__ import annotations

import pytest

from igcore.ingest.mapping.document import Field
from tests.ingest.test_mapping import START, WHO, options

DATES = "Nr;Start;Progress;Tod;Zuletzt"
OUTCOMES = (
    WHO,
    START,
    Field(ours="progression", theirs="Progress", form="date", dates="dmy"),
    Field(ours="death", theirs="Tod", form="date", dates="dmy"),
    Field(ours="last_seen", theirs="Zuletzt", form="date", dates="dmy"),
)


def test_dates_of_events_become_os_and_pfs(send, stored):
    text = (
        f"{DATES}\n1;01.01.2007;31.01.2007;;01.03.2007\n2;01.01.2007;;11.01.2007;11.01.2007\n"
        "3;01.01.2007;;;21.01.2007\n"
    )
    assert send({"w.csv": text}, options(DATES, *OUTCOMES)).errors == []
    assert stored("outcomes", "patient, endpoint, time_days, event") == [
        ("1", "OS", 60, False),  # 59 days and the first
        ("1", "PFS", 31, True),
        ("2", "OS", 11, True),
        ("2", "PFS", 11, True),
        ("3", "OS", 21, False),
        ("3", "PFS", 21, False),
    ]


@pytest.mark.parametrize("death", ["03.2008", "spring", "31.02.2008"])
def test_a_death_whose_date_cannot_be_read_never_becomes_alive(send, stored, death):
    text = f"{DATES}\n1;01.01.2007;;{death};01.03.2007\n"
    report = send({"w.csv": text}, options(DATES, *OUTCOMES))
    assert stored("outcomes", "endpoint") == []
    assert {p.value for p in report.errors} == {f"{death} is no whole date"}


STATUS = "Nr;Start;Zuletzt;Tot;Rezidiv"
FLAGS = (
    WHO,
    START,
    Field(ours="last_seen", theirs="Zuletzt", form="date", dates="dmy"),
    Field(ours="event", theirs="Tot", endpoint="OS", codes=(("ja", "1"), ("nein", "0"))),
)


def test_a_flag_of_death_makes_the_last_day_the_day_of_death(send, stored):
    text = f"{STATUS}\n1;01.01.2007;11.01.2007;ja;\n2;01.01.2007;11.01.2007;nein;\n"
    assert send({"w.csv": text}, options(STATUS, *FLAGS)).errors == []
    assert stored("outcomes", "patient, endpoint, time_days, event") == [
        ("1", "OS", 11, True),
        ("2", "OS", 11, False),
    ]


def test_a_relapse_without_its_day_is_refused_and_not_censored(send, stored):
    relapse = Field(ours="event", theirs="Rezidiv", endpoint="PFS", codes=(("ja", "1"),))
    text = f"{STATUS}\n1;01.01.2007;11.01.2007;nein;ja\n"
    report = send({"w.csv": text}, options(STATUS, *FLAGS, relapse))
    assert stored("outcomes", "endpoint") == [("OS",)]
    assert [p.value for p in report.errors] == ["an event without its date"]


def test_a_date_of_death_that_the_flag_denies_refuses_the_row(send, stored):
    header = "Nr;Start;Tod;Tot"
    fields = (WHO, START, Field(ours="death", theirs="Tod", form="date", dates="dmy"), FLAGS[3])
    text = f"{header}\n1;01.01.2007;11.01.2007;ja\n".replace("ja", "nein")
    report = send({"w.csv": text}, options(header.replace("Tot", "Tot"), *fields))
    assert stored("outcomes", "endpoint") == []
    assert [p.value for p in report.errors] == ["no event, but its date is given"]

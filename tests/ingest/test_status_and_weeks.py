"""Columns that say who lives, who is free of progression, low flags, and weeks in headers."""

from __future__ import annotations

from tests.ingest.drawn import sheet, told


def test_a_status_of_dead_and_alive_is_the_event_of_os_whatever_its_column_is_called():
    found = sheet("""
        Patient|Treatment start|Date last seen|Status
        1|2007-01-15|2008-03-20|dead
        2|2007-02-16|2008-04-21|alive
        3|2007-02-18|2008-04-25|1:DECEASED""")
    assert told(found)["Status"] == {
        "ours": "event",
        "endpoint": "OS",
        "codes": {"dead": "1", "alive": "0", "1:DECEASED": "1"},
    }


def test_progression_free_yes_is_no_progression():
    found = sheet("""
        Patient|Treatment start|Date last seen|Progression-free|Died
        1|2007-01-15|2008-03-20|yes|no
        2|2007-02-16|2008-04-21|no|yes""")
    assert told(found)["Progression-free"]["codes"] == {"yes": "0", "no": "1"}
    assert told(found)["Died"]["codes"] == {"no": "0", "yes": "1"}


def test_a_low_flag_is_no_light_chain():
    found = sheet("""
        Patient|Day|IgA g/L|Flag
        1|1|0.5|L
        1|29|0.6|L
        2|1|0.4|L""")
    assert "Flag" not in told(found)


def test_a_week_in_the_header_is_seven_days():
    found = sheet("""
        Patient|IgA week 6 (g/L)
        1|0.5""")
    assert round(1 + 30.4375 * told(found)["IgA week 6 (g/L)"]["month"]) == 43

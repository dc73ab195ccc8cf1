"""Files as they should not be: what is refused, where it is said to be, and what is left alone."""

from __future__ import annotations

import random

from igcore import ingest
from igcore.ingest import Options
from igcore.store import history
from tests.ingest.test_templates import workbook

PATIENT = {"patients.csv": "trial,patient\nA,1\n"}
MEASURED = "trial,patient,analyte,day,time,value,unit,low,high\n"


def problems(report) -> list[tuple]:
    """Line, column and value of each problem."""
    return [(problem.line, problem.column, problem.value) for problem in report.errors]


def test_values_are_numbers_or_limits_of_quantification_and_nothing_is_guessed(send, stored):
    good = {
        "12": (12.0, None), " 1e3 ": (1000.0, None), "0.5": (0.5, None), ".5": (0.5, None),
        "5.": (5.0, None), "-3": (-3.0, None), "+4": (4.0, None), "<5": (5.0, "<"),
        ">5000": (5000.0, ">"), "< 6": (6.0, "<"), "<=7": (7.0, "<"), "≥8": (8.0, ">"),
    }  # fmt: skip
    bad = ["1e400", "-1e400", "inf", "Infinity", "NaN", "NA", ".", "", "1 000", "1,5", "5<", "<"]
    bad += ["<NaN", "0x10", "1_0", "12 mg/dL", "high", "=1+1", "--5", "1e", "1e301", "١٢"]
    rows = "".join(f'A,1,X{i},1,,"{v}",U,,\n' for i, v in enumerate([*good, *bad]))
    report = send({**PATIENT, "measurements.csv": MEASURED + rows})
    assert sorted(stored("measurements", "value, operator"), key=str) == sorted(
        good.values(), key=str
    )
    first = 2 + len(good)
    assert problems(report) == [(first + i, "value", v or None) for i, v in enumerate(bad)]
    assert {p.problem for p in report.errors} == {
        'It is not a number, or "<5", or ">5000".', "It is missing.", "It is not a finite number.",
    }  # fmt: skip


def test_an_immunoglobulin_is_above_zero_and_in_a_known_unit_others_keep_theirs(send, stored):
    rows = (
        "A,1,iga,1,,0,g/L,,\nA,1,IGG,1,,-5,g/L,,\nA,1,IgM,1,,<0,g/L,,\nA,1,IgA,2,,5,g per l,,\n"
        "A,1,IgA,3,,5,g%,,\nA,1,ALB,1,,0,furlong,,\nA,1,igG,4,,5, MG / DL ,,\nA,1,IgM,5,,5,µg/mL,,\n"
        "A,1,IgM,6,,5,,,\n"
    )
    report = send({**PATIENT, "measurements.csv": MEASURED + rows})
    assert problems(report) == [
        (2, "value", "0"), (3, "value", "-5"), (4, "value", "<0"),
        (5, "unit", "g per l"), (6, "unit", "g%"), (10, "unit", None),
    ]  # fmt: skip
    assert "never guessed" in report.errors[3].problem
    assert stored("measurements", "analyte, value, unit, value_g_per_l") == [
        ("ALB", 0.0, "furlong", None),
        ("IgG", 5.0, "MG / DL", 0.05),
        ("IgM", 5.0, "µg/mL", 0.005),
    ]


def test_swapped_limits_and_spells_that_end_before_they_start_are_refused(send):
    report = send(
        {
            **PATIENT,
            "measurements.csv": MEASURED + "A,1,IgA,1,,5,g/L,4,0.7\nA,1,IgA,2,,5,g/L,4,4\n",
            "therapies.csv": "trial,patient,kind,start_day,end_day\nA,1,transplant,5,4\n",
            "infections.csv": "trial,patient,start_day,end_day\nA,1,-2,-3\nA,1,-3,-2\n",
        }
    )
    assert problems(report) == [(2, "low", "4"), (2, "end_day", "4"), (2, "end_day", "-3")]
    assert report.errors[0].problem == "The lower limit is above the upper limit."


def test_there_is_no_day_zero_and_no_outcome_without_time(send, stored):
    days = ["0", "0.0", "-0", "x", "40001", "-40001", "1e400", "inf", "1_0", "nan", ""]
    rows = "".join(f"A,1,{day},PR\n" for day in [*days, "-1", "1.5", "1e2"])
    outcomes = "trial,patient,endpoint,time_days,event,origin_day\n" + "".join(
        f"A,1,{name},{time},{event},{origin}\n"
        for name, time, event, origin in (
            ("A", "0", "1", ""),
            ("B", "-5", "1", ""),
            ("C", "1e400", "1", ""),
            ("D", "5", "2", ""),
            ("E", "5", "yes", ""),
            ("F", "5", "", ""),
            ("G", "5", "1", "0"),
            ("H", "0.5", "true", ""),
        )
    )
    report = send(
        {**PATIENT, "r.csv": "trial,patient,day,response\n" + rows, "outcomes.csv": outcomes}
    )
    assert stored("responses", "day") == [(-1.0,), (1.5,), (100.0,)]
    assert stored("outcomes", "endpoint, time_days, event") == [("H", 0.5, True)]
    assert problems(report) == [
        *((line, "day", day or None) for line, day in enumerate(days, 2)),
        (2, "time_days", "0"), (3, "time_days", "-5"), (4, "time_days", "1e400"), (5, "event", "2"),
        (6, "event", "yes"), (7, "event", None), (8, "origin_day", "0"),
    ]  # fmt: skip


def test_dates_clocks_ages_and_codes_that_do_not_exist_are_refused_with_their_cell(send, stored):
    head = "trial,patient,sex,age_years,best_response,treatment_start,treatment_start_time\n"
    rows = [
        "f,0,scr,2008-02-29,7:05", "M,120,ne,2008-01-15 00:00:00,23:59:59", "NA,NA,.,NA,NA",
        "x,,,,", ",-1,,,", ",120.1,,,", ",inf,,,", ",,good,,", ",,,2009-02-29,", ",,,15.01.2008,",
        ",,,01/02/2008,", ",,,2008-01,", ",,,2008-01-15 08:30,", ",,,,25:00", ",,,,8:60", ",,,,8.30",
        ",,,,morning",
    ]  # fmt: skip
    text = head + "".join(f"A,{number},{row}\n" for number, row in enumerate(rows))
    report = send({"patients.csv": text})
    assert [(p.line, p.value) for p in report.errors] == [
        (5, "x"), (6, "-1"), (7, "120.1"), (8, "inf"), (9, "good"), (10, "2009-02-29"),
        (11, "15.01.2008"), (12, "01/02/2008"), (13, "2008-01"), (14, "2008-01-15 08:30"),
        (15, "25:00"), (16, "8:60"), (17, "8.30"), (18, "morning"),
    ]  # fmt: skip
    columns = "sex, age_years, best_response, treatment_start::varchar, treatment_start_time"
    assert stored("patients", columns) == [
        ("F", 0.0, "sCR", "2008-02-29", "07:05"),
        ("M", 90.0, "NE", "2008-01-15", "23:59"),
        (None, None, None, None, None),
    ]


TEXTS = {
    "semicolons": b"trial;patient;arm\nA;1;a, b\n",
    "tabs": b"trial\tpatient\tarm\nA\t1\ta, b\n",
    "bars": b"trial|patient|arm\nA|1|a, b\n",
    "mark of utf-8": "\ufefftrial,patient,arm\nA,1,κ\n".encode(),
    "utf-16, little end first": b"\xff\xfe" + "trial;patient;arm\r\nA;1;κ\r\n".encode("utf-16-le"),
    "utf-16, big end first": b"\xfe\xff" + "trial,patient,arm\nA,1,κ\n".encode("utf-16-be"),
    "utf-16 without a mark": "trial,patient,arm\nA,1,κ\n".encode("utf-16-le"),
    "windows-1252": "trial;patient;arm\nA;1;Köln €\n".encode("cp1252"),
    "lines of Windows": b"trial,patient,arm\r\nA,1,x\r\n",
    "lines of an old Mac": b"trial,patient,arm\rA,1,x\r",
    "blank lines and commas behind": b"\n,,\ntrial,patient,arm,,\nA,1,x,,\n\n,,,,\n",
    "no line end at the end": b'"trial","patient","arm"\n"A","1","x"',
    "blank line before semicolons": b"\n\ntrial;patient;arm\nA;1;x\n",
    "commas in a quoted header": b'trial;patient;arm;"a,b,c,d,e,f"\nA;1;x;1\n',
}  # fmt: skip
ARMS = {"semicolons": "a, b", "tabs": "a, b", "bars": "a, b", "windows-1252": "Köln €"}


def test_text_files_are_read_as_programs_write_them(send, stored):
    letters = dict(zip(TEXTS, "abcdefghijklmnop", strict=False))  # each file has its own patient
    files = {
        f"{letter}.csv": TEXTS[name].replace(b"1", letter.encode())
        for name, letter in letters.items()
    }
    report = send(files)
    assert report.errors == []
    assert stored("patients", "patient, arm") == [
        (letter, ARMS.get(name, "κ" if "utf" in name else "x")) for name, letter in letters.items()
    ]
    told = [found.file for found in report.recognised if found.notes]
    assert told == [f"{letters[name]}.csv" for name in ("utf-16 without a mark", "windows-1252")]


HEAD = b"trial,patient\n"
TORN = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n , \n\n", "no rows"),
    "twice.csv": (b"trial,patient,Patient \nA,1,2\n", '"patient" stands twice'),
    "strange.csv": (b"colour,shape\nred,round\n", "none of the known layouts"),
    "word.docx": (b"x", '".docx" are not read'),
    "nothing": (b"x", "are not read"),
    "nul.csv": (b"trial,patient\0\nA,1\n", "not a text file"),
    "late_nul.csv": (HEAD + b"A,1\nA,2\0\n", "Line 3 holds NUL"),
    "quote.csv": (b'trial,patient,arm\nA,1,"never closed\nA,2,\n', "Line 2 cannot be split"),
    "junk.csv": (b'trial,patient,arm\nA,1,x\nA,2,"IgG" kappa\n', "Line 3 cannot be split"),
    "late_1252.csv": (HEAD + b"A,1\n" * 9000 + b"A,\x81\n", "not UTF-8 or windows-1252"),
    "late_utf16.csv": ((HEAD.decode() + "A,1\n" * 9000).encode("utf-16") + b"\0", "not the UTF-16"),
    "wide.csv": (",".join(f"c{i}" for i in range(2001)).encode(), "2001 columns"),
    "endless.csv": (HEAD + b"A," + b"x" * 1_000_001, "Line 2 cannot be split"),
    "text.xlsx": (b"trial,patient\nA,1\n", "not an xlsx"),
    "torn.xlsx": (workbook({"patients": [["trial", "patient"], ["A", 1]]})[:-30], "not an xlsx"),
    "empty.xlsx": (workbook({"one": [], "two": []}), "no rows"),
    "readme.xlsx": (workbook({"Read me": [["hello"], ["world"]]}), "fit none of the known layouts"),
    "text.xpt": (b"trial,patient\nA,1\n" * 80, "not a SAS transport file"),
    "torn.xpt": (b"HEADER RECORD*******LIBRARY", "torn"),
}


def test_files_that_cannot_be_read_are_refused_in_words_and_the_others_are_added(send, stored):
    report = send({name: content for name, (content, _) in TORN.items()} | PATIENT)
    said = {problem.file: problem.problem for problem in report.errors}
    assert sorted(said) == sorted(TORN)
    for name, (_, words) in TORN.items():
        assert words in said[name], name
    assert stored("patients", "trial, patient") == [("A", "1")]
    assert report.tables["patients"].read == 1


def test_ragged_lines_are_refused_alone_and_line_numbers_count_lines_in_quotes(send, stored):
    text = (
        'trial,patient,"arm\n(two lines)",sex\r\n'  # lines 1 and 2
        'A,1,"one\r\ntwo\nthree",F\n'  # 3 to 5
        "A,2\n"  # 6: too short
        "\n"  # 7
        'A,3,"say ""hi"", please",F,extra\n'  # 8: too long
        'A,4,"say ""hi"", please",F,,,\n'  # 9: empty cells too many do no harm
        "A,5,x,woman\n"  # 10: wrong sex
    )
    report = send({"patients.csv": text})
    assert [(p.line, p.column) for p in report.errors] == [(6, None), (8, None), (10, "sex")]
    assert "2 cells where the header has 4" in report.errors[0].problem
    assert stored("patients", "patient") == [("1",), ("4",)]
    counts = report.tables["patients"]
    assert (counts.read, counts.added, counts.refused) == (5, 2, 3)


def test_rows_of_a_workbook_are_counted_as_its_program_counts_them(send):
    rows = [[], ["trial", "patient", "sex"], ["A", 1, "F"], [], [None, None], ["A", 2, "woman"]]
    report = send({"b.xlsx": workbook({"patients": rows})})
    assert [(p.file, p.sheet, p.line, p.value) for p in report.errors] == [
        ("b.xlsx", "patients", 6, "woman")
    ]


WORDS = (
    "<script>alert('x')</script>", "<b>bold</b> & \"quoted\"", "Robert'); drop table patients;--",
    "{{7*7}} ${7*7} %s %(x)s \\n", "=cmd|' /C calc'!A0", "two\nlines", "日本語 κλ €", "a;b|c\td",
)  # fmt: skip


def test_text_of_users_is_stored_and_returned_unchanged(send, stored, pool):
    lines = [f'"{word.replace(chr(34), chr(34) * 2)}"' for word in WORDS]
    text = "trial,patient,arm\n" + "".join(f"{line},{line},{line}\n" for line in lines)
    report = send({"patients.csv": text}, Options(stated_by=WORDS[2]))
    assert report.errors == []
    expected = sorted((word, word, word) for word in WORDS)
    assert sorted(stored("patients", "trial, patient, arm")) == expected
    assert report.trials == sorted(WORDS)
    assert history.uploads(pool).stated_by[0] == WORDS[2]
    assert send({"patients.csv": text}).tables["patients"].skipped == len(WORDS)


def test_text_longer_than_200_characters_and_a_trial_called_pooled_are_refused(send):
    report = send(
        {"patients.csv": f"trial,patient,arm\nA,1,{'x' * 201}\nPooled,2,x\nA,3,{'y' * 200}\n"}
    )
    assert [(p.line, p.column) for p in report.errors] == [(2, "arm"), (3, "trial")]


def test_no_damaged_file_gets_anything_but_words(pool, tmp_path):
    rng = random.Random(5)
    sheets = {"patients": [["trial", "patient", "age_years"], ["A", 1, 60.5], ["A", 2, None]]}
    seeds = {
        "patients.csv": b'trial,patient,arm,age_years\nA,1,"x ""y""\nz",61\nA,2,<b>,NA\n',
        "book.xlsx": workbook(sheets),
    }
    for number in range(8):
        name = list(seeds)[number % 2]
        damaged = bytearray(seeds[name])
        for _ in range(rng.choice([1, 3, 10])):
            at = rng.randrange(len(damaged))
            damaged[at : at + rng.randrange(3)] = rng.choice(
                [b'"', b"\n", b"\xff", b"\0", b",", b""]
            )
        path = tmp_path / name
        path.write_bytes(bytes(damaged))
        report = ingest.add(pool, [path], rehearse=True)
        for counts in report.tables.values():
            assert counts.read == counts.added + counts.skipped + counts.refused
    assert pool.newest() == 0

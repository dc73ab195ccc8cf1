"""Sound rows under names that a reader, or someone else, may give a file."""

from __future__ import annotations

from tests.ingest.corpus.case import Case, write

NAMES = {
    "climbs out of its folder": "../../etc/passwd.csv",
    "is a path of Windows": "C:\\Windows\\..\\x.csv",
    "has a line end": "a\nerror: b.csv",
    "has quotes": 'it\'s "quoted".csv',
    "runs from right to left": "a\u202evsc.csv",
    "is markup": "<img src=x onload=alert(1)>.csv",
    "is a formula": "=cmd|' /C calc'!A0.csv",
    "is longer than any folder allows": "x" * 5_000 + ".csv",
    "has an ending in capitals": "PATIENTS.CSV",
    "is nothing but an ending": ".csv",
    "holds a NUL": "a\0b.csv",
    "is half a letter": "a\udcff.csv",
}


def _named(words: str, name: str) -> Case:
    content = f"trial,patient\n{words},1\n"
    return Case(
        f"A name that {words}",
        write({"sent.csv": content}),
        stored=(0, 1),
        words="name|kind",
        called=(name,),
    )


CASES = (
    *(_named(words, name) for words, name in NAMES.items()),
    Case("No name at all", write({"sent": "trial,patient\nA,1\n"}), words="kind", called=("",)),
    Case("A kind of file that is not read", write({"a.docx": "x"}), words="docx"),
    Case("No ending", write({"patients": "trial,patient\nA,1\n"}), words="kind|ending"),
)

"""Text files whose bytes are not the text that they seem to be."""

from __future__ import annotations

from tests.ingest.corpus.case import either, harmless, refused

HEAD = "trial,patient,arm\n"
TEXT = r"text|UTF-?8|UTF-?16|NUL|encod|windows-1252|characters|bytes"
LAYOUT = "layout|header|column"

CASES = (
    refused("One NUL byte", f"{TEXT}|no rows|{LAYOUT}", "a.csv", b"\0"),
    refused("A million NUL bytes", f"{TEXT}|{LAYOUT}", "a.csv", b"\0" * 1_000_000),
    refused("A NUL byte in the header", TEXT, "patients.csv", b"trial,pati\0ent\nA,1\n"),
    refused("A NUL byte in a row", "NUL|text", "patients.csv", b"trial,patient\nA,1\nA,2\0\n"),
    refused(
        "UTF-8 at first, then latin-1",
        TEXT,
        "patients.csv",
        (HEAD + "A,1,κ und λ\n" * 30).encode() + "A,2,Köln\n".encode("latin-1"),
    ),
    refused(
        "Text and then bytes that no encoding has",
        TEXT,
        "patients.csv",
        HEAD.encode() + b"A,1,x\n" * 9000 + b"A,2,\x81\x8d\n",
    ),
    either(
        "UTF-16 without its mark",
        1,
        TEXT,
        "patients.csv",
        (HEAD + "Unmarked,1,κ\n").encode("utf-16-le"),
    ),
    either("UTF-32 with its mark", 1, TEXT, "patients.csv", (HEAD + "Wide,1,κ\n").encode("utf-32")),
    either("UTF-7", 1, f"{TEXT}|{LAYOUT}", "patients.csv", b"trial,patient+ACw-arm\nA,1+ACw-x\n"),
    refused(
        "UTF-16 with an odd number of bytes",
        TEXT,
        "patients.csv",
        (HEAD + "A,1,x\n" * 9000).encode("utf-16") + b"\0",
    ),
    refused("The mark of UTF-16 alone", f"{TEXT}|empty|no rows", "patients.csv", b"\xff\xfe"),
    refused(
        "A mark of UTF-8 before text in windows-1252",
        f"{TEXT}|{LAYOUT}",
        "patients.csv",
        b"\xef\xbb\xbf" + (HEAD + "A,1,Köln\n").encode("windows-1252"),
    ),
    either(
        "The mark of UTF-8 twice",
        1,
        f"{LAYOUT}|{TEXT}",
        "patients.csv",
        b"\xef\xbb\xbf\xef\xbb\xbf" + (HEAD + "Marked twice,1,x\n").encode(),
    ),
    either(
        "UTF-8 cut off within a letter",
        2,
        TEXT,
        "patients.csv",
        (HEAD + "Cut,1,κ\nCut,2,κ").encode()[:-1],
    ),
    either(
        "Half a pair of surrogates",
        1,
        TEXT,
        "patients.csv",
        HEAD.encode() + b"Half,1,\xed\xa0\x80\n",
    ),
    either("Bytes of control", 1, TEXT, "patients.csv", HEAD + "Bell,1,a\x07\x1b[31m\x08b\n"),
    harmless("Letters of Japan, Greece and faces", 1, "p.csv", HEAD + "日本,κ,🙂\n"),
    either(
        "A column's name with a zero-width blank",
        1,
        LAYOUT,
        "p.csv",
        "trial,pati\u200bent\nZero,1\n",
    ),
    refused(
        "A known patient with a zero-width blank in the id",
        "patient|character|invisible",
        "measurements.csv",
        "trial,patient,analyte,day,value,unit\nBase,1\u200b,IgA,3,1,g/L\n",
    ),
    either(
        "Right-to-left marks in a trial's name",
        1,
        "mark|character|invisible",
        "p.csv",
        HEAD + "A\u202eB\u2066,right to left,x\n",
    ),
    either(
        "A trial in composed and in combining letters",
        2,
        "character|letters|same",
        "p.csv",
        HEAD + "Ko\u0308ln,1,x\nK\u00f6ln,2,x\n",
    ),
)

"""Text files whose lines, quotes or header are not as they should be."""

from __future__ import annotations

from tests.ingest.corpus.case import MEASURED, Case, either, harmless, refused, write

HEAD = "trial,patient,arm\n"
LAYOUT = "layout|header|column"
ROWS = "no rows|empty|no data|only a header"

_WIDE = ",".join(f"column {i}" for i in range(20_000))

CASES = (
    refused("A file without a single byte", "empty", "a.csv", b""),
    refused("A file of one letter", f"{LAYOUT}|{ROWS}", "a.csv", b"x"),
    refused("A file of one line end", ROWS, "a.csv", b"\n"),
    refused("A header and nothing below it", ROWS, "patients.csv", "trial,patient\n"),
    refused("Blank lines alone", ROWS, "a.csv", "\n \n\t\n\n"),
    refused("Separators alone", ROWS, "a.csv", ",,,\n,,,\n,,,\n"),
    refused("Empty pairs of quotes alone", ROWS, "a.csv", '""\n""\n'),
    refused("An odd number of quotes alone", f"quot|split|{ROWS}", "a.csv", '"""""\n'),
    refused("Columns of something else", LAYOUT, "a.csv", "colour,shape\nred,round\n"),
    refused("Rows without a header", LAYOUT, "a.csv", "Base,1,IgA,3,0.5\nBase,1,IgA,4,0.6\n"),
    refused("20,000 columns", "20,?000 columns|too many columns", "a.csv", _WIDE + "\n1\n"),
    refused(
        "A header of five million commas",
        "columns|no rows|header|long",
        "a.csv",
        "," * 5_000_000 + "\n",
    ),
    refused(
        "A line of five million commas below a header",
        "cells|separator|long|characters|columns|no rows",
        "patients.csv",
        HEAD + "," * 5_000_000 + "\n",
    ),
    refused(
        "A quote that is never closed",
        "quot|split",
        "patients.csv",
        HEAD + 'A,1,"never closed\n' + "A,2,x\n" * 50,
    ),
    refused("Text behind a closing quote", "quot|split", "patients.csv", HEAD + 'A,1,"x" y\n'),
    refused(
        "A cell of ten million letters",
        "long|split|200 characters|limit",
        "patients.csv",
        HEAD + "A,1," + "x" * 10_000_000 + "\n",
    ),
    refused(
        "A quoted cell of a million lines",
        "long|split|quot|200 characters",
        "patients.csv",
        HEAD + 'A,1,"' + "x\n" * 1_000_000 + '"\n',
    ),
    refused("Two columns of one name", "twice", "patients.csv", "trial,patient,patient\nA,1,2\n"),
    refused(
        "Two columns that differ by case and blanks",
        "twice",
        "patients.csv",
        'trial,patient," PATIENT "\nA,1,2\n',
    ),
    refused("Lines of too few cells", "cells", "patients.csv", HEAD + "A,1\nA\n"),
    refused("Lines of too many cells", "cells", "patients.csv", HEAD + "A,1,x,y,z\nA,2,x,y\n"),
    Case(
        "One ragged line among sound ones",
        write({"patients.csv": HEAD + "Ragged,1,x\nRagged,2\nRagged,3,x\n"}),
        stored=(2,),
        words="2 cells",
    ),
    Case(
        "The header once more in the middle",
        write({"patients.csv": HEAD + "Again,1,x\ntrial,patient,arm\nAgain,2,x\n"}),
        stored=(2,),
        words="header",
    ),
    harmless(
        "Blank lines and empty columns between",
        2,
        "patients.csv",
        "\n,,,\ntrial,patient,arm,,\n\n Blank ,1,x,,\n,,,,\n\nBlank,2,,,\n\n",
    ),
    harmless("Lines that end as on an old Mac", 1, "p.csv", "trial,patient,arm\rOld Mac,1,x\r"),
    harmless(
        "Line ends of three kinds in one file",
        3,
        "p.csv",
        "trial,patient,arm\r\nMixed,1,x\nMixed,2,x\rMixed,3,x\r\n",
    ),
    harmless("No line end at the end", 1, "p.csv", "trial,patient,arm\nNo end,1,x"),
    either(
        "Another separator in the rows than in the header",
        1,
        "cells|separator",
        "patients.csv",
        "trial,patient,arm\nOther;1;x\n",
    ),
    refused(
        "A template without a column that it needs",
        'lacks|"value"|the column value',
        "measurements.csv",
        MEASURED.replace("value,", "") + "Base,1,IgA,3,,g/L,,\n",
    ),
    Case(
        "One file given twice",
        lambda folder: write({"p.csv": "trial,patient\nTwice,1\n"})(folder) * 2,
        stored=(1,),
    ),
    Case(
        "Two files of one name and different content",
        write(
            {
                "a/patients.csv": "trial,patient\nNamesake,1\n",
                "b/patients.csv": "trial,patient\nNamesake,2\n",
            }
        ),
        stored=(2,),
    ),
)

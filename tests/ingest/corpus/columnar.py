"""Parquet, SPSS and Stata files: torn, without rows, without columns, of strange types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from tests.ingest.corpus.case import Case, Make, refused

PARQUET = "Parquet|torn|cannot be read|kind"
SPSS = "SPSS|sav|torn|cannot be read|kind"
STATA = "Stata|dta|torn|cannot be read|kind"
ROWS = "no rows|empty|no data|no columns"
LAYOUT = "layout|column|nested|list"


def _parquet(table: pa.Table, keep: float = 1, name: str = "patients.parquet") -> Make:
    def make(folder: Path) -> list[Path]:
        path = folder / name
        pq.write_table(table, path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])
        return [path]

    return make


def _overwritten(folder: Path) -> list[Path]:
    """The pages of the columns lost, the description at the end whole."""
    (path,) = _parquet(_patients(2000))(folder)
    content = bytearray(path.read_bytes())
    content[4:600] = b"\xff" * 596
    path.write_bytes(content)
    return [path]


def _patients(rows: int, trial: str = "A") -> pa.Table:
    return pa.table(
        {
            "trial": pa.array([trial] * rows, pa.string()),
            "patient": pa.array([str(i) for i in range(rows)], pa.string()),
        }
    )


def _statistics(write: Callable, name: str, rows: int, keep: float = 1, trial: str = "A") -> Make:
    def make(folder: Path) -> list[Path]:
        path = folder / name
        write(pd.DataFrame({"trial": [trial] * rows, "patient": ["1"] * rows}), str(path))
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])
        return [path]

    return make


_NESTED = pa.table(
    {
        "trial": [["A"], ["B", "C"]],
        "patient": [{"id": 1, "of": "A"}, {"id": 2, "of": "B"}],
        "arm": [[("k", "v")], None],
    },
    schema=pa.schema(
        {
            "trial": pa.list_(pa.string()),
            "patient": pa.struct({"id": pa.int64(), "of": pa.string()}),
            "arm": pa.map_(pa.string(), pa.string()),
        }
    ),
)
_BYTES = pa.table({"trial": [b"\xff\xfe", b"A\0"], "patient": [b"\x80", b"\x81"]})
_TWICE = pa.Table.from_arrays(
    [pa.array(["A"]), pa.array(["1"]), pa.array(["2"])], ["trial", "patient", "patient"]
)
_WIDE = pa.table({f"column {i}": ["x"] for i in range(5000)})

CASES = (
    Case("A sound parquet file", _parquet(_patients(2, "Sound parquet")), stored=(2,)),
    Case(
        "A sound SPSS file",
        _statistics(pyreadstat.write_sav, "p.sav", 1, trial="SPSS"),
        stored=(1,),
    ),
    Case(
        "A sound Stata file",
        _statistics(pyreadstat.write_dta, "p.dta", 1, trial="Stata"),
        stored=(1,),
    ),
    Case("A parquet file without its end", _parquet(_patients(2000), 0.6), words=PARQUET),
    Case("A parquet file with its pages overwritten", _overwritten, words=PARQUET),
    Case("A parquet file without rows", _parquet(_patients(0)), words=ROWS),
    Case("A parquet file without columns", _parquet(pa.table({})), words=f"{ROWS}|{LAYOUT}"),
    Case("A parquet file of lists and records", _parquet(_NESTED), words=LAYOUT),
    Case(
        "A parquet file of bytes that are no text",
        _parquet(_BYTES),
        words="text|bytes|UTF-8|column",
    ),
    Case("A parquet file with a column twice", _parquet(_TWICE), words="twice"),
    Case("A parquet file of 5,000 columns", _parquet(_WIDE), words="5,?000 columns|many columns"),
    Case(
        "A parquet file called CSV",
        _parquet(_patients(50), name="patients.csv"),
        words="text|NUL|UTF-8|parquet",
    ),
    refused(
        "A locked parquet file",
        f"{PARQUET}|encrypt",
        "a.parquet",
        b"PARE" + b"\x01" * 200 + b"\x20\0\0\0PARE",
    ),
    refused("A parquet file of its first and last word", PARQUET, "a.parquet", b"PAR1PAR1"),
    refused(
        "A parquet file with an end longer than itself",
        PARQUET,
        "a.parquet",
        b"PAR1" + b"\0" * 99 + b"\xff\xff\xff\x7fPAR1",
    ),
    Case(
        "An SPSS file without rows",
        _statistics(pyreadstat.write_sav, "patients.sav", 0),
        words=ROWS,
    ),
    Case(
        "An SPSS file cut in the middle",
        _statistics(pyreadstat.write_sav, "patients.sav", 900, 0.4),
        words=f"{SPSS}|{ROWS}",
    ),
    Case(
        "A Stata file without rows",
        _statistics(pyreadstat.write_dta, "patients.dta", 0),
        words=ROWS,
    ),
    Case(
        "A Stata file cut in the middle",
        _statistics(pyreadstat.write_dta, "patients.dta", 900, 0.4),
        words=f"{STATA}|{ROWS}",
    ),
)

"""Archives, pictures, programs, and the files of SAS and of Dataset-JSON, torn or empty."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pyreadstat

from tests.ingest.corpus.case import Case, either, harmless, refused

CSV = b"trial,patient\n" + b"A,1\n" * 500
TEXT = "text|NUL|UTF-8|encod|archive|zip|picture|layout|gz|split|bytes"
GZ = "gz|torn|unpack|compress|archive|cut"
SAS = "SAS|torn|transport|cannot be read|kind"
JSON = "JSON|rows|columns|torn|layout|cut|kind"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde" + bytes(range(256))
SAS_MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("patients.csv", CSV)
    return target.getvalue()


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _wrong_sum(content: bytes) -> bytes:
    packed = bytearray(_packed(content))
    packed[-8:-4] = b"\0\0\0\0"
    return bytes(packed)


def _noise(size: int) -> bytes:
    """Bytes without order, the same each time."""
    return b"".join(
        zlib.crc32(number.to_bytes(4, "little")).to_bytes(4, "little")
        for number in range(size // 4)
    )


def _transport(rows: int, keep: float = 1, version: int = 5) -> Case:
    def make(folder: Path) -> list[Path]:
        path = folder / "adsl.xpt"
        frame = pd.DataFrame(
            {"STUDYID": ["A"] * rows, "USUBJID": ["1"] * rows, "TRTSDT": [17546.0] * rows}
        )
        pyreadstat.write_xport(frame, str(path), file_format_version=version)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])
        return [path]

    share = "cut in the middle" if keep < 1 else "without rows"
    return Case(f"A SAS transport file, version {version}, {share}", make, words=f"no rows|{SAS}")


def _dataset(**changed: object) -> str:
    """A CDISC Dataset-JSON 1.1 document of one subject, with members changed or taken away."""
    columns = [
        {"itemOID": f"IT.{name}", "name": name, "label": name, "dataType": "string"}
        for name in ("STUDYID", "USUBJID", "TRTSDT")
    ]
    whole = {
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.ADSL",
        "records": 1,
        "name": "ADSL",
        "label": "Subjects",
        "columns": columns,
        "rows": [["Dataset", "1", "2008-01-15"]],
    }
    whole.update(changed)
    return json.dumps({name: value for name, value in whole.items() if value is not None})


ENDINGS = ("csv", "tsv", "xlsx", "xls", "ods", "xpt", "sas7bdat", "parquet", "sav", "dta", "json")
ANY = f"{TEXT}|{SAS}|{JSON}|xlsx|workbook|Parquet|SPSS|Stata|not an? |header|column|no rows|cells|long"
CASES = (
    harmless("A sound packed file", 1, "p.csv.gz", _packed(b"trial,patient\nPacked,1\n")),
    harmless("Sound Dataset-JSON", 1, "a.json", _dataset()),
    refused("A zip called CSV", TEXT, "a.csv", _zip()),
    refused("A picture called CSV", TEXT, "a.csv", PNG),
    refused("A program called tsv", TEXT, "a.tsv", b"\x7fELF\2\1\1" + bytes(9) + _noise(2000)),
    *(refused(f"Noise called {kind}", ANY, f"a.{kind}", _noise(20_000)) for kind in ENDINGS),
    *(refused(f"A CSV file called {kind}", ANY, f"a.{kind}", CSV) for kind in ENDINGS[5:]),
    refused("A CSV file called gz", GZ, "patients.csv.gz", CSV),
    refused("A packed file called CSV", TEXT, "patients.csv", _packed(CSV)),
    refused("A packed file cut in the middle", GZ, "patients.csv.gz", _packed(CSV)[:-20]),
    refused("A packed file with a wrong check sum", GZ, "patients.csv.gz", _wrong_sum(CSV)),
    refused("A packed file of nothing", f"empty|no rows|{GZ}", "patients.csv.gz", _packed(b"")),
    either(
        "A packed file in a packed file",
        1,
        f"{TEXT}|{GZ}",
        "patients.csv.gz",
        _packed(_packed(b"trial,patient\nTwofold,1\n")),
    ),
    refused("A packed picture", TEXT, "patients.csv.gz", _packed(PNG)),
    refused(
        "A packed file that does not say of what",
        "kind|gz|layout|name",
        "patients.gz",
        _packed(b"\0\1\2" * 99),
    ),
    *(_transport(rows, keep, version) for version in (5, 8) for rows, keep in ((0, 1), (40, 0.6))),
    refused("A SAS file cut behind its first words", SAS, "a.sas7bdat", SAS_MAGIC),
    refused(
        "A SAS file of noise behind its first words", SAS, "a.sas7bdat", SAS_MAGIC + _noise(70_000)
    ),
    refused(
        "A SAS file of zeros behind its first words", SAS, "a.sas7bdat", SAS_MAGIC + bytes(70_000)
    ),
    refused("Dataset-JSON cut in the middle", JSON, "a.json", _dataset()[:-40]),
    refused("Dataset-JSON without rows", JSON, "a.json", _dataset(rows=None)),
    refused("Dataset-JSON with no rows", JSON, "a.json", _dataset(rows=[])),
    refused("Dataset-JSON without columns", JSON, "a.json", _dataset(columns=None)),
    refused(
        "Dataset-JSON with rows of the wrong length",
        f"{JSON}|cells",
        "a.json",
        _dataset(rows=[["A"], ["A", "1", "2008-01-15", "x"]]),
    ),
    refused(
        "Dataset-JSON with rows that are words",
        f"{JSON}|cells",
        "a.json",
        _dataset(rows=["abc", 5, None]),
    ),
    refused(
        "Dataset-JSON with columns that are numbers", JSON, "a.json", _dataset(columns=[1, 2, 3])
    ),
    refused(
        "Dataset-JSON with tables in its cells",
        f"{JSON}|cells|date|number",
        "a.json",
        _dataset(rows=[[{"a": 1}, ["x"], {"b": []}]]),
    ),
    refused("JSON of something else", JSON, "a.json", '{"hello": "world"}'),
    refused("JSON that is a number", JSON, "a.json", "1e999"),
    refused("JSON nested a hundred thousand times", f"{JSON}|nest|deep", "a.json", "[" * 100_000),
    refused(
        "JSON nested in its rows",
        f"{JSON}|nest|deep",
        "a.json",
        _dataset().replace('"1"', "[" * 100_000),
    ),
)

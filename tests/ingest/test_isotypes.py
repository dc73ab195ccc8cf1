"""Which heavy chains a text of the monoclonal protein names (DOMAIN b1)."""

from __future__ import annotations

import pytest

from igcore.ingest.isotypes import involved, understood

NAMED = {
    ("IgG",): "IgG kappa|IGG LAMBDA|IgG-k|IgG/l|IgG (kappa)|igg|Ig G kappa|IgG-κ|IgGλ|G/K|g lambda|"
    "G-k|IgG kappa + IgG lambda|IgG_kappa|IgG1 kappa|IgG,  lambda|"
    "Immunglobulin G kappa|Inmunoglobulina G|IgG à chaînes légères kappa|IgG à kappa|IgG e lambda|"
    "IgG con cadenas ligeras kappa",
    ("IgA",): "IgA kappa|A/L|A κ|IgA-λ|iga",
    ("IgM",): "IgM kappa|M/K|IgM",
    ("IgD",): "IgD lambda|D-l|IgD",
    ("IgE",): "IgE kappa|E/K",
    ("IgA", "IgG"): "IgG kappa + IgA lambda|IgA/IgG|G/K, A/L|biclonal IgA and IgG|IgG & A kappa|"
    "biklonal IgG + IgA|IgG et IgA|biclonale IgA e IgG",
    ("IgA", "IgG", "IgM"): "IgM, IgG, IgA",
    (): "LC kappa|LC|lambda light chain|Light-chain only|BJP|Bence Jones|FLC lambda|Leichtkette κ|"
    "non-secretory|nonsecretory|Non secretory|none|no M-protein|no monoclonal protein|"
    "leichte Ketten|Leichtketten lambda|chaînes légères kappa|chaine légère|cadenas ligeras lambda|"
    "catene leggere|micromolecolare|nicht sekretorisch|Nicht sezernierend|asekretorisch|"
    "non sécrétant|no secretor|non secernente|kein Paraprotein|sin componente monoclonal|"
    "pas de composante monoclonale|senza componente monoclonale",
}
UNKNOWN = ("unknown", "Not known", "missing", "NA", "n/a", "ND", "?", "-", "not done", "UNKNOWN",
    "unbekannt", "k. A.", "inconnu", "desconocido", "sconosciuta",
)  # fmt: skip
UNCLEAR = (
    "perhaps", "G", "IgX", "oligosecretory", "0", "heavy", "<b>", "significant", "migrating",
    "negative", "see chart", "no", "non", "sekretorisch",
)  # fmt: skip


@pytest.mark.parametrize("chains", NAMED, ids=" ".join)
def test_the_involved_heavy_chains_are_read_from_what_clinics_write(chains):
    for text in NAMED[chains].split("|"):
        assert involved(text) == chains, text
        assert understood(text), text


def test_no_text_and_a_text_that_says_unknown_are_unknown_without_complaint():
    for text in (None, *UNKNOWN):
        assert involved(text) is None, text
        assert understood(text), text


def test_a_text_that_names_no_type_is_unknown_and_is_told():
    for text in UNCLEAR:
        assert involved(text) is None, text
        assert not understood(text), text


def test_unclear_texts_are_warned_of_once_each_and_their_patients_are_stored_as_unknown(
    send, stored
):
    texts = ["IgG k", "perhaps", "unknown", "", "perhaps", "IgA l + IgG k", "LC", "IgD", "<i>?</i>"]
    rows = "".join(f"A,{number},{text}\n" for number, text in enumerate(texts, 1))
    report = send({"patients.csv": "trial,patient,m_protein\n" + rows})
    assert report.errors == []
    assert [(p.severity, p.line, p.value) for p in report.problems] == [
        ("warning", 3, "perhaps"),
        ("warning", 10, "<i>?</i>"),
    ]
    assert "(2 patients)" in report.problems[0].problem
    assert stored("patients", "patient::integer, m_protein, involved") == [
        (1, "IgG k", ["IgG"]), (2, "perhaps", None), (3, "unknown", None), (4, None, None),
        (5, "perhaps", None), (6, "IgA l + IgG k", ["IgA", "IgG"]), (7, "LC", []),
        (8, "IgD", ["IgD"]), (9, "<i>?</i>", None),
    ]  # fmt: skip

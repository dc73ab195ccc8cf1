"""MMRF CoMMpass without a mapping by hand: what its tables' columns mean, found by their header.

Sources: the data dictionary of version 25 (names, code lists, units), and for the older flat files
(interim analyses to IA22) the columns that public code reads from them.
Every patient entered at first treatment, so its index day 0 is study day 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from igcore.ingest.mapping.document import Field, SheetMapping

TRIAL = "mmrf_commpass"
# Standard columns that tell who somebody is, or a date that the dictionary says is never shared.
PERSONAL = frozenset(
    (
        *("year_of_birth", "days_to_birth", "institution_subject_id", "alt_subject_id"),
        *("date_of_specimen_collection", "cause_of_death_detail"),
    )
)
_FROM_0 = "day from 0"
_DURATION = "days from 0"

_SEX = (
    ("female", "F"),
    ("male", "M"),
    ("unspecified", ""),
    ("unknown", ""),
    ("not_reported", ""),
)
# PER_PATIENT writes the sex as 1 and 2.
_OLD_SEX = (("1", "M"), ("2", "F"), ("1.0", "M"), ("2.0", "F"), *_SEX)
_BEST = (
    *(("scr", "sCR"), ("cr", "CR"), ("vgpr", "VGPR"), ("pr", "PR"), ("sd", "SD"), ("pd", "PD")),
    *(("ne", "NE"), ("unknown", "")),
)
_RESPONSE = (
    # The dictionary's own spelling, and the right one.
    ("stingent_complete_respones", "sCR"),
    ("stringent_complete_response", "sCR"),
    ("complete_response", "CR"),
    ("very_good_partial_response", "VGPR"),
    ("partial_response", "PR"),
    ("stable_disease", "SD"),
    ("progressive_disease", "PD"),
    ("not_evaluable", "NE"),
    ("not_reported", ""),
)
_TESTS = (
    *(("iga", "IgA"), ("igd", "IgD"), ("ige", "IgE"), ("igg", "IgG"), ("igm", "IgM")),
    *(
        (name, name)
        for name in (
            *("24hr_serum_m_protein", "24hr_tot_protein", "abs_neut", "albumin"),
            *("beta_2_microglobulin", "bun", "c_reactive_protein", "calcium", "creatinine"),
            *("creatinine_clearanc", "glucose", "hemoglobin", "lactate_dehydrogenase_ldh"),
            *("platelet", "serum_kappa_free_light_chains", "serum_lambda_free_light_chains"),
            *("serum_protein_electrophoresis_m_protein", "total_protein", "wbc"),
        )
    ),
)
# A light chain alone must not be read as light chain disease: "not_recorded" leaves the heavy
# chain open. So the heavy chain decides, and where it is not recorded the type stays unknown.
_HEAVY = (
    *(("iga", "IgA"), ("igd", "IgD"), ("ige", "IgE"), ("igg", "IgG"), ("igm", "IgM")),
    *(("iga_igg", "IgA + IgG"), ("igg_igm", "IgG + IgM"), ("iga_ige_igm", "IgA + IgE + IgM")),
    *(("not_recorded", ""), ("not_reported", ""), ("unknown", "")),
)
# censor_os and censos are 1 when it happened, whatever their name says.
_EVENT = (("1", "1"), ("0", "0"), ("1.0", "1"), ("0.0", "0"), ("true", "1"), ("false", "0"))


@dataclass(frozen=True)
class _Told:
    """One kind of table: it is recognised by `needs`, and of `fields` those that it has are taken.

    The columns are written in lower case; files differ in case alone.
    """

    needs: frozenset[str]
    fields: tuple[Field, ...]


def _table(needs: str, *fields: Field) -> _Told:
    return _Told(frozenset(needs.split()), fields)


_PATIENT = Field(ours="patient", theirs="public_id")
_WHO = (_PATIENT, Field(ours="trial", theirs="project_id"))


def _outcome(endpoint: str, time: str, event: str) -> tuple[Field, Field]:
    return (
        Field(ours="time_to", theirs=time, endpoint=endpoint, unit=_DURATION),
        Field(ours="event", theirs=event, endpoint=endpoint, codes=_EVENT),
    )


def _visit_value(analyte: str) -> Field:
    """A column of PER_PATIENT_VISIT; its unit is in no file, so the reader is asked."""
    return Field(ours="value", theirs=f"d_lab_serum_{analyte.lower()}", analyte=analyte)


_SURVIVAL = (
    *_WHO,
    *_outcome("PFS", "survival_time_pfs", "censor_pfs"),
)
_TABLES = (
    # The dictionary writes surivival_time_os.
    _table(
        "public_id surivival_time_os censor_os",
        *_SURVIVAL,
        *_outcome("OS", "surivival_time_os", "censor_os"),
    ),
    _table(
        "public_id survival_time_os censor_os",
        *_SURVIVAL,
        *_outcome("OS", "survival_time_os", "censor_os"),
    ),
    _table(
        "public_id lab_test lab_test_result days_to_specimen_collection",
        *_WHO,
        Field(ours="when", theirs="days_to_specimen_collection", form=_FROM_0),
        Field(ours="analyte", theirs="lab_test", codes=_TESTS),
        Field(ours="value", theirs="lab_test_result"),
        Field(ours="unit", theirs="lab_result_test_unit"),
    ),
    _table(
        "public_id disease_response days_to_disease_response_assessment",
        *_WHO,
        Field(ours="when", theirs="days_to_disease_response_assessment", form=_FROM_0),
        Field(ours="response", theirs="disease_response", codes=_RESPONSE),
    ),
    _table(
        "public_id cancer_diagnosis best_overall_response",
        *_WHO,
        Field(ours="best_response", theirs="best_overall_response", codes=_BEST),
    ),
    _table(
        "public_id sample_visit_id ig_heavy_institution",
        *_WHO,
        Field(ours="m_protein", theirs="ig_heavy_institution", codes=_HEAVY),
    ),
    _table(
        "public_id gender age_at_index",
        *_WHO,
        Field(ours="sex", theirs="gender", codes=_SEX),
        Field(ours="age_years", theirs="age_at_index"),
    ),
    _table(
        "public_id ttcos censos",
        _PATIENT,
        *_outcome("OS", "ttcos", "censos"),
        *_outcome("PFS", "ttcpfs", "censpfs"),
    ),
    *(
        _table(
            f"public_id visitdy d_lab_serum_{needed}",
            _PATIENT,
            Field(ours="when", theirs="visitdy", form=_FROM_0),
            Field(ours="m_protein", theirs="d_im_igh_site", codes=_HEAVY),
            *(_visit_value(analyte) for analyte in ("IgA", "IgG", "IgM")),
        )
        for needed in ("iga", "igg", "igm")
    ),
    _table(
        "public_id d_pt_age",
        _PATIENT,
        Field(ours="sex", theirs="d_pt_gender", codes=_OLD_SEX),
        Field(ours="age_years", theirs="d_pt_age"),
    ),
)


def mapping_for(header: Sequence[str]) -> SheetMapping | None:
    """What the columns of a CoMMpass table mean; None if the header is no such table's.

    The unit of an older file's immunoglobulins is left open (`Field.unit` is ""): no file of the
    release tells it, so it has to be asked.

    >>> found = mapping_for(["public_id", "ttcos", "censos", "ttcpfs", "censpfs"])
    >>> [(field.ours, field.theirs, field.endpoint) for field in found.fields][1:3]
    [('time_to', 'ttcos', 'OS'), ('event', 'censos', 'OS')]
    """
    own = {name.strip().lower(): name for name in header}
    told = next((table for table in _TABLES if table.needs <= own.keys()), None)
    if told is None:
        return None
    taken = [_named(field, own[field.theirs]) for field in told.fields if field.theirs in own]
    return SheetMapping(columns=tuple(header), fields=tuple(_whole(taken)), trial=TRIAL)


def _named(field: Field, theirs: str) -> Field:
    """The field with the column's name as the file writes it."""
    told = {name: getattr(field, name) for name in ("analyte", "endpoint", "unit", "form", "codes")}
    return Field(ours=field.ours, theirs=theirs, **told)


def _whole(fields: Sequence[Field]) -> list[Field]:
    """The fields without a time that lacks its event, or an event that lacks its time."""
    times = {field.endpoint for field in fields if field.ours == "time_to"}
    events = {field.endpoint for field in fields if field.ours == "event"}
    return [
        field
        for field in fields
        if field.ours not in ("time_to", "event") or field.endpoint in times & events
    ]


__all__ = ["PERSONAL", "TRIAL", "mapping_for"]

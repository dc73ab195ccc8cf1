"""What a version of the pool holds, as far as the choice of parameters needs to know."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from igcore.errors import Refused
from igcore.store.cohort import FILTERS, is_set

if TYPE_CHECKING:
    from igcore.store import Cohort, Pool


@dataclass(frozen=True)
class Trial:
    """A trial's card as of one version."""

    trial: str
    title: str
    cutoff: datetime.date | None
    simulated: bool
    no_m_protein: bool


class Facts:
    """What a version of the pool holds, as far as parameters need to know. Read once."""

    def __init__(self, pool: Pool, version: int) -> None:
        newest = pool.newest()
        if not 0 <= version <= newest:
            raise Refused(f'Data version: "{version}" is not one of 0 to {newest}.')
        self.version = version
        self._pool = pool
        frame = pool.rows("trials", version=version)
        self.trials = tuple(
            Trial(
                row.trial,
                row.title,
                None if pd.isna(row.cutoff) else pd.Timestamp(row.cutoff).date(),
                bool(row.simulated),
                bool(row.no_m_protein),
            )
            for row in frame.itertuples()
        )
        self._spans = pool.rows("endpoint_spans", version=version)
        self._labels = pool.rows("labels", version=version)
        self._settled: dict[tuple, Cohort] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all trials, sorted."""
        return tuple(trial.trial for trial in self.trials)

    def arms(self, trials: Sequence[str]) -> list[str]:
        """Planned arms of these trials, sorted."""
        return self.labels("arm", trials)

    def endpoints(self, trials: Sequence[str]) -> list[str]:
        """Uploaded endpoints of these trials: OS, PFS, then the others by name."""
        found = set(self._spans[self._spans.trial.isin(trials)].endpoint)
        first = [name for name in ("OS", "PFS") if name in found]
        return first + sorted(found - set(first))

    def span_days(self, trials: Sequence[str], endpoint: str) -> float:
        """The longest follow-up of that endpoint in days; 0 if there is none."""
        rows = self._spans[self._spans.trial.isin(trials) & (self._spans.endpoint == endpoint)]
        return float(rows.longest_days.max()) if len(rows) else 0.0

    @cached_property
    def _endpoint_dates(self) -> pd.DataFrame:
        return self._pool.rows("endpoint_dates", version=self.version)

    def endpoint_dates(self, trials: Sequence[str]) -> pd.DataFrame:
        """What these trials have of the dates that make progression-free survival."""
        return self._endpoint_dates[self._endpoint_dates.trial.isin(trials)]

    @cached_property
    def _measured(self) -> pd.DataFrame:
        return self._pool.rows("trajectories_analytes", version=self.version)

    def measured(self, trials: Sequence[str]) -> pd.DataFrame:
        """What was measured in these trials: a row per trial, analyte and unit, with its limits."""
        return self._measured[self._measured.trial.isin(trials)]

    def trial_of(self, patient_key: int) -> str | None:
        """The trial of a patient of this version, or None."""
        found = self._pool.rows("patient", version=self.version, patient_key=patient_key)
        return None if found.empty else str(found.trial.iloc[0])

    def first_patient(self, cohort: Cohort) -> int | None:
        """Key of the first patient of the cohort, by trial and id; None for an empty one."""
        found = self._pool.rows("patients", **cohort.values())
        return None if found.empty else int(found.patient_key.iloc[0])

    def settled(self, cohort: Cohort, usual: Mapping[str, Any]) -> Cohort:
        """The cohort with its members found: those whom all its filters keep; searched once.

        Args:
            usual: the usual rule of recovery as questions bind it; the filter by verdict asks by it.
        """
        if not cohort.narrowed():
            return cohort
        if cohort.filters not in self._settled:
            if len(self._settled) >= 16:
                self._settled.clear()
            self._settled[cohort.filters] = replace(cohort, members=self._members(cohort, usual))
        return self._settled[cohort.filters]

    def _members(self, cohort: Cohort, usual: Mapping[str, Any]) -> bytes:
        """The keys that every filter keeps, each asked among those whom the ones before it keep."""
        chosen = dict(cohort.filters)
        members = None
        if any(one.sql and is_set(chosen.get(one.name)) for one in FILTERS):
            members = _bits(self._pool.rows("filter_patients", **cohort.asked(None)).patient_key)
        for one in FILTERS:
            value = chosen.get(one.name)
            if one.question and is_set(value):
                values = cohort.asked(members)
                values["value"] = list(value) if one.kind.many else float(value)
                if one.name == "verdict":
                    values["rule"] = dict(usual)
                members = _bits(self._pool.rows(one.question, **values).patient_key)
        return members

    def categories(self, trials: Sequence[str]) -> list[str]:
        """Names of the uploaded categories of these trials, sorted."""
        kinds = self._labels[self._labels.trial.isin(trials)].kind.unique()
        return sorted(k.removeprefix("category:") for k in kinds if k.startswith("category:"))

    def labels(self, column: str, trials: Sequence[str]) -> list[str]:
        """The labels by which patients of these trials can be grouped, sorted."""
        if column == "trial":
            return sorted(trials)
        rows = self._labels[(self._labels.kind == column) & self._labels.trial.isin(trials)]
        return sorted(set(rows.label))


def _bits(keys: pd.Series) -> bytes:
    """One bit per patient key from 0 on, set for these keys."""
    found = keys.to_numpy(dtype=np.int64)
    bits = np.zeros(int(found.max(initial=0)) + 1, dtype=bool)
    bits[found] = True
    return np.packbits(bits).tobytes()

"""What a version of the pool holds, as far as the choice of parameters needs to know."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from igcore.errors import Refused

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

    def labels(self, column: str, trials: Sequence[str]) -> list[str]:
        """The labels by which patients of these trials can be grouped, sorted."""
        if column == "trial":
            return sorted(trials)
        rows = self._labels[(self._labels.kind == column) & self._labels.trial.isin(trials)]
        return sorted(set(rows.label))

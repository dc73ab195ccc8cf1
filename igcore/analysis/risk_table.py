"""Counts per stratum, time and group: the sufficient statistic of every comparison here.

Kaplan-Meier, Simon-Makuch, log-rank, Mantel-Byar and Cox (Efron) need nothing else of the patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class RiskTable:
    """Counts of patients on a common time axis.

    Attributes:
        groups: names of the G groups, sorted.
        strata: names of the S strata, sorted.
        time: (T,) ascending days at which somebody enters, leaves or has the event.
        entering, events, censored: (S, T, G) patients; whoever changes group counts as censored
            in the old one.
        returning: (S, G) of the entries, those by patients who had been in the group before; None
            where nobody returns.
    """

    groups: tuple[str, ...]
    strata: tuple[str, ...]
    time: np.ndarray
    entering: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    returning: np.ndarray | None = None

    @classmethod
    def from_rows(cls, rows: pd.DataFrame) -> RiskTable:
        """From rows (stratum, time, group, entering, events, censored), one per combination."""
        groups, group = np.unique(rows["group"].to_numpy(str), return_inverse=True)
        strata, stratum = np.unique(rows["stratum"].to_numpy(str), return_inverse=True)
        time, moment = np.unique(rows["time"].to_numpy(float), return_inverse=True)
        counts = np.zeros((3, len(strata), len(time), len(groups)))
        for i, name in enumerate(("entering", "events", "censored")):
            counts[i, stratum, moment, group] = rows[name].to_numpy(float)
        return cls(tuple(map(str, groups)), tuple(map(str, strata)), time, *counts)

    @property
    def patients(self) -> np.ndarray:
        """(S, G) patients who were ever in the group, however often they came back to it."""
        entries = self.entering.sum(axis=1)
        return entries if self.returning is None else entries - self.returning

    @property
    def at_risk(self) -> np.ndarray:
        """(S, T, G) at risk just before each time: entered before it and not yet left."""
        change = self.entering - self.events - self.censored
        return np.cumsum(change, axis=1) - change

    def pooled(self) -> RiskTable:
        """All strata added up, for curves."""
        return RiskTable(
            self.groups,
            ("",),
            self.time,
            *(x.sum(axis=0, keepdims=True) for x in (self.entering, self.events, self.censored)),
        )

    def after(self, start: float, returning: np.ndarray | None = None) -> RiskTable:
        """From `start` on: everyone still at risk enters there in the group reached; 0 = start.

        `returning` are (S, G) entries after `start` of patients in the group before, since then.
        """
        later = self.time > start
        change = self.entering - self.events - self.censored
        inside = change[:, ~later].sum(axis=1, keepdims=True)
        nobody = np.zeros_like(inside)
        return RiskTable(
            self.groups,
            self.strata,
            np.concatenate([[0.0], self.time[later] - start]),
            np.concatenate([inside, self.entering[:, later]], axis=1),
            np.concatenate([nobody, self.events[:, later]], axis=1),
            np.concatenate([nobody, self.censored[:, later]], axis=1),
            returning,
        )

    def swapped(self) -> RiskTable:
        """Censoring as the event: the basis of follow-up by the reverse Kaplan-Meier method."""
        return RiskTable(
            self.groups, self.strata, self.time, self.entering, self.censored, self.events
        )

    def together(self, *, changing: bool = False) -> RiskTable:
        """All groups as one, named "all".

        Args:
            changing: patients change groups. A change is then neither an entry nor a censoring; it
                leaves one group and enters another at one time of its stratum. Otherwise whoever
                enters after 0 is a patient who comes late.
        """
        entering, events, censored = (
            x.sum(axis=2, keepdims=True) for x in (self.entering, self.events, self.censored)
        )
        later = (self.time > 0)[None, :, None] & changing
        changes = np.where(later, np.minimum(entering, censored), 0)
        return RiskTable(
            ("all",), self.strata, self.time, entering - changes, events, censored - changes
        )

    @property
    def changing(self) -> np.ndarray:
        """(S, T, G) of the censored, those who leave for the other group of a state.

        For two groups that patients change: whoever enters one after 0 leaves the other then.
        """
        later = np.where((self.time > 0)[None, :, None], self.entering, 0)
        return later.sum(axis=2, keepdims=True) - later

    def status_at(self, day: float) -> np.ndarray:
        """(3, G) at risk just before `day`, events before it, censored before it, strata added up.

        On day 0 everyone who starts there is at risk. Without delayed entry the three sum to n.
        """
        before = self.time < day
        entered = self.time <= 0 if day <= 0 else before
        events = self.events[:, before].sum(axis=(0, 1))
        censored = self.censored[:, before].sum(axis=(0, 1))
        return np.stack(
            [self.entering[:, entered].sum(axis=(0, 1)) - events - censored, events, censored]
        )

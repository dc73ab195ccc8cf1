"""Tables of a result of which the large ones are counted when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pandas as pd


class Tables(Mapping[str, pd.DataFrame]):
    """Named tables: `ready` ones, and `later` ones, each made once on its first reading.

    A result is kept by pickling it, so what makes a table must be a function of a module with plain
    arguments (`functools.partial`), never a closure that holds a pool.
    """

    def __init__(
        self,
        ready: Mapping[str, pd.DataFrame],
        later: Mapping[str, Callable[[], pd.DataFrame]] = {},
        order: tuple[str, ...] = (),
    ) -> None:
        self._ready = dict(ready)
        self._later = dict(later)
        self._names = order or (*self._ready, *self._later)

    def kept(self, keep: Callable[[str], pd.DataFrame]) -> Tables:
        """The same tables, the later ones read by `keep`, which may remember them by name."""
        later = {name: partial(keep, name) for name in self._later}
        return Tables(self._ready, later, self._names)

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._ready and name in self._later:
            self._ready[name] = self._later[name]()
        return self._ready[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

"""A long step in a thread of its own: how far it is, and how it is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from igcore.ingest.options import Cancel
from igcore.ingest.staging import Progress


class Job:
    """Runs `work(progress, cancel)` at once; `share` and `words` tell how far it is."""

    def __init__(self, work: Callable[[Progress, Cancel], Any]) -> None:
        self.share = 0.0
        self.words = "Starting"
        self.cancel = Cancel()
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[Progress, Cancel], Any]) -> None:
        try:
            self._result = work(self._told, self.cancel)
        except BaseException as error:  # handed to whoever asks for the result
            self._error = error

    def _told(self, share: float, words: str) -> None:
        self.cancel.look()
        self.share, self.words = min(max(share, 0.0), 1.0), words

    def ended(self, seconds: float) -> bool:
        """Wait that long for the end; True when it has come."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> Any:
        """What the work returned, or its error, once it has ended."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result

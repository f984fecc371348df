"""One backup at a time on its way to this computer, in a thread of its own: it takes hours on a bad
line, and goes on when the page is left or its session ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from backup.archive import Progress
from backup.patience import BOUNDS
from medilink.errors import BackupRunning, FetchStopped, MediLinkError

STOP_S = 2 * BOUNDS.farewell


class Bringing:
    """Belongs to a house. `name`: the file that comes, or came last; `done` and `of` in bytes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._stopped = threading.Event()
        self._work: Future[object] | None = None
        self._began = 0.0
        self.name, self.done, self.of = "", 0, 0

    @property
    def busy(self) -> bool:
        """Whether one is on its way."""
        return self._work is not None and not self._work.done()

    @property
    def seconds_left(self) -> float | None:
        """As long as it has gone on evenly so far; None before there is anything to go by."""
        elapsed = self._clock() - self._began
        if not self.done or elapsed < 2:
            return None
        return elapsed * (self.of - self.done) / self.done

    def called_off(self) -> FetchStopped | None:
        """For whoever waits for a place (`backup.patience.CalledOff`)."""
        return FetchStopped() if self._stopped.is_set() else None

    def begin(self, name: str, size: int, bring: Callable[[Progress], object]) -> None:
        """Raises BackupRunning while another one is on its way."""
        with self._lock:
            if self.busy:
                raise BackupRunning
            self._stopped.clear()
            self.name, self.done, self.of = name, 0, size
            self._began = self._clock()
            pool = ThreadPoolExecutor(1, thread_name_prefix="bringing")
            self._work = pool.submit(bring, self._progress)
            pool.shutdown(wait=False)

    def stop(self) -> None:
        """Nothing half fetched is kept; waits for that, but not for ever."""
        self._stopped.set()
        if self._work is not None:
            wait_for([self._work], STOP_S)

    def outcome(self) -> MediLinkError | None:
        """What became of the last one, once it has ended: None where it is here. Raises what nobody
        has foreseen."""
        trouble = self._work.exception() if self._work is not None else None
        if trouble is None or isinstance(trouble, MediLinkError):
            return trouble
        raise trouble

    def _progress(self, done: int, of: int) -> None:
        if off := self.called_off():
            raise off
        self.done, self.of = done, of

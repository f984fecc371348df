"""One round of backups at a time, in a thread of its own: what runs now, and ending it in time.

A round may take minutes, so neither housekeeping nor a page waits for it; closing the store does,
for as long as it takes to end it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from backup.patience import CalledOff
from backup.rounds import Round
from ui.unforeseen import log_unforeseen


class Part(StrEnum):
    """What a round is at."""

    MAKE = "made"
    CHECK = "checked"
    COPY = "copied"
    OPEN = "opened where it was copied to"
    DRILL = "restored to be tried"


class Stopped(BaseException):
    """MediLink is being closed; the round ends where it is, and the next one begins anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a part of a round is. `place`: its key; `seconds`: since this part began."""

    part: Part
    place: str
    done: int
    of: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """As long as it has gone on evenly so far; None before there is anything to go by."""
        if not self.done or self.seconds < 2:
            return None
        return self.seconds * (self.of - self.done) / self.done


Watch = Callable[[Part, str, int, int], None]
# More than a round needs to leave a far place (backup/patience.py) and for a step on a slow disk.
# One that does not end, as on a share that hangs in the system, goes on without the store.
STOP_S = 30.0
log = logging.getLogger("medilink")


class BackingUp:
    """Belongs to a house. `allow` lets rounds begin, `stop` ends them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, stop_s: float = STOP_S) -> None:
        self._clock, self._stop_s = clock, stop_s
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: Future[Round] | None = None
        self._begun_ones: list[Future[Round]] = []
        self._allowed, self._stops = False, 0
        self._begun = 0.0
        self.step: Step | None = None
        self.last: Round | None = None

    @property
    def busy(self) -> bool:
        """Whether a round is being made now."""
        return self._running is not None and not self._running.done()

    def allow(self) -> None:
        """The store is open."""
        with self._lock:
            self._allowed = True

    def begin(self, go: Callable[[Watch], Round]) -> bool:
        """Make a round in the background unless one is being made; tells whether it began."""
        return not self.busy and self.queue(go)

    def queue(self, go: Callable[[Watch], Round]) -> bool:
        """Make a round in the background, after the one that is being made; False while the store
        is not open."""
        with self._lock:
            if not self._allowed:
                return False
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="backups")
            self._running = self._pool.submit(self._go, go, self._stops)
            self._running.add_done_callback(_log_trouble)
            unfinished = [one for one in self._begun_ones if not one.done()]
            self._begun_ones = [*unfinished, self._running]
            return True

    def stop(self) -> None:
        """End the round that runs, at its next step, and let none begin until `allow`. Returns when
        it uses the store no more, and after half a minute in any case: a round that hangs then
        finds the store closed."""
        with self._lock:
            self._allowed, self._stops = False, self._stops + 1
            pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        ending = [one for one in self._begun_ones if not one.cancelled()]
        if wait_for(ending, self._stop_s).not_done:
            log.warning("a round of backups hangs; it was not waited for any longer")

    def until_stopped(self) -> CalledOff:
        """Tells a round that begins now when it is over."""
        stops = self._stops
        return lambda: Stopped() if self._is_over(stops) else None

    def _is_over(self, stops: int) -> bool:
        return not self._allowed or stops != self._stops

    def wait(self) -> None:
        """Until the round that runs has ended by itself."""
        if self._running is not None:
            wait_for([self._running])

    def _go(self, go: Callable[[Watch], Round], stops: int) -> Round:
        if self._is_over(stops):
            raise Stopped
        self.step, self.last = None, None
        try:
            self.last = go(partial(self._watch, stops))
            return self.last
        finally:
            self.step = None

    def _watch(self, stops: int, part: Part, place: str, done: int, of: int) -> None:
        if self._is_over(stops):
            raise Stopped
        before = self.step
        if part is Part.MAKE and before and before.place == place and done < before.done:
            part = Part.CHECK  # what was written is read again from its beginning
        if before and before.part is Part.CHECK and part is Part.MAKE:
            part = Part.CHECK
        if before is None or (before.part, before.place) != (part, place):
            self._begun = self._clock()
        self.step = Step(part, place, done, of, self._clock() - self._begun)


def _log_trouble(ended: Future[Round]) -> None:
    trouble = None if ended.cancelled() else ended.exception()
    if trouble is not None and not isinstance(trouble, Stopped):
        log_unforeseen(trouble)

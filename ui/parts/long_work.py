"""Work that must not stop because a page is left or its session ends: done beside the page, which
only looks at how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from medilink.errors import BackupUnwritten, MediLinkError
from ui.house import the_house
from ui.words import say, say_many

LOOK_S = 0.4
_SETTLED = 0.05  # before that, a guess at the time left is only a guess


@dataclass(slots=True)
class Work:
    """One piece of work. `passes`: how often it goes through all pages."""

    passes: int
    began: float = field(default_factory=time.monotonic)
    share: float = 0.0
    error: Exception | None = None
    _whole: int = 0
    _last: float = 0.0
    _thread: threading.Thread | None = None

    def begin(self, do: Callable[[Work], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(do,), name="long work")
        self._thread.start()

    def _run(self, do: Callable[[Work], None]) -> None:
        try:
            do(self)
            self.share = 1.0
        except (MediLinkError, OSError) as error:
            self.error = error

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def step(self, _name: str) -> Callable[[int, int], None]:
        """Progress through all pages, once or oftener."""

        def progress(done: int, of: int) -> None:
            now = done / of if of else 1.0
            if now < self._last:
                self._whole += 1
            self._last = now
            self.share = min((self._whole + now) / (self.passes + 0.3), 0.99)

        return progress

    @property
    def seconds_left(self) -> int | None:
        """A guess; None while there is nothing to guess by."""
        if self.share < _SETTLED:
            return None
        passed = time.monotonic() - self.began
        return round(passed * (1 - self.share) / self.share)


def watch(work: Work) -> None:
    """Draw how far it is, until it is done. Raises what went wrong."""
    bar = st.progress(0.0, _words(work))
    while work.running:
        bar.progress(work.share, _words(work))
        time.sleep(LOOK_S)
    if isinstance(work.error, OSError):
        why = work.error.strerror or "it cannot be reached"
        raise BackupUnwritten(folder=the_house().config.data_dir, why=why)
    if work.error is not None:
        raise work.error
    bar.progress(1.0, say("Done. Sign in again."))


def _words(work: Work) -> str:
    left = work.seconds_left
    if left is None:
        return say("Working …")
    if left < 60:
        return say("Working: less than a minute left")
    return say_many(
        "Working: about {number} minute left",
        "Working: about {number} minutes left",
        left // 60 + 1,
    )

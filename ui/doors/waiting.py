"""Long work behind a plain page that waits for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from medilink.errors import BackupUnwritten, MediLinkError

log = logging.getLogger("medilink")


@dataclass(slots=True, kw_only=True)
class Waiting:
    """How far it is. `error`: why the last try came to nothing."""

    began: float = 0.0
    done: int = 0
    of: int = 0
    error: MediLinkError | None = None
    work: asyncio.Task[None] | None = field(default=None, repr=False)

    def begin(self, work: Callable[[], None], of: int, folder: Path) -> None:
        """`work` in a thread of its own; what goes wrong is kept as `error`. `folder`: what an
        error of the disk is about."""

        def go() -> None:
            try:
                work()
            except MediLinkError as error:
                self.error = error
            except OSError as trouble:
                log.warning("restore stopped: %s", type(trouble).__name__)
                why = trouble.strerror or "it cannot be reached"
                self.error = BackupUnwritten(folder=folder, why=why)

        self.error, self.done, self.of, self.began = None, 0, of, time.monotonic()
        self.work = asyncio.create_task(run_in_threadpool(go))

    def progress(self, done: int, of: int) -> None:
        self.done, self.of = done, of

    @property
    def working(self) -> bool:
        return self.work is not None and not self.work.done()

    def as_state(self) -> dict[str, int | None]:
        """For the page that asks."""
        return {"done": self.done, "of": self.of, "left": self.seconds_left(time.monotonic())}

    def seconds_left(self, now: float) -> int | None:
        """By how long it took until here; None while that says nothing, and for the checks at the
        end."""
        elapsed = now - self.began
        if not self.done or elapsed < 2 or self.done >= self.of:
            return None
        return round(elapsed * (self.of - self.done) / self.done)

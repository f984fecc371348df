"""Wrong tries at a locked store. It has no log to write in: they wait beside it until it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from medilink.audit import Act, Outcome
from medilink.config import Config
from medilink.desk import Clock, Desk
from medilink.errors import WrongPassphrase, WrongRecoveryWords

WRONG_TRIES_BYTES = 20_000  # a thousand tries: more say nothing new


@contextmanager
def wrong_tries_noted(config: Config, clock: Clock) -> Iterator[None]:
    """Note a wrong try and let it go on."""
    try:
        yield
    except (WrongPassphrase, WrongRecoveryWords):
        path = config.wrong_tries_file
        if not path.is_file() or path.stat().st_size < WRONG_TRIES_BYTES:
            with path.open("a", encoding="ascii") as noted:
                noted.write(f"{clock():%Y-%m-%dT%H:%M:%SZ}\n")
        raise


def log_wrong_tries(desk: Desk, config: Config) -> None:
    """What was tried while the store was locked becomes an entry."""
    path = config.wrong_tries_file
    if not path.is_file():
        return
    tries = path.read_text("ascii", errors="replace").split()
    if tries:
        event = desk.event(
            Act.UNLOCK_FAILED,
            outcome=Outcome.REFUSED,
            why="wrong-passphrase",
            tries=len(tries),
            first=tries[0],
            last=tries[-1],
        )
        desk.store.log.write(event)
    path.unlink()

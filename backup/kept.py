"""A backup as it lies somewhere, and how its file is called.

Pure. Generations order backups, never clocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"medilink-([0-9a-f]{32})-([0-9]{8,18})\.db\.zst\.age")


@dataclass(frozen=True, slots=True)
class Kept:
    """One backup. `at`: when it was made, in milliseconds UTC, as it says itself; `size`: bytes of
    the file; `digest`: SHA-256 of it; `verified_at`: when it was last opened and checked."""

    name: str
    generation: int
    at: int
    size: int
    digest: bytes
    verified_at: int | None


def name_of(store_id: str, generation: int) -> str:
    """How the file of a backup is called: the first suffix says what is in it, the others with what
    it is opened."""
    return f"medilink-{store_id}-{generation:08d}.db.zst.age"


def read_name(name: str) -> tuple[str, int] | None:
    """(store, generation) of a backup's file; None for any other."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else None

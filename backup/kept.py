"""One backup as it lies somewhere, and what its file is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"medilink-([0-9a-f]{1,64})-([0-9]{8,})\.db\.zst\.age")


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup at one place. `at` is the time its manifest tells, in milliseconds UTC: a claim of
    the clock of that day. `digest` is the SHA-256 of the file. `verified_at`: when it was last read
    back from this place and found good; None if never."""

    name: str
    generation: int
    at: int
    size: int
    digest: bytes
    verified_at: int | None


def store_prefix(store_id: str) -> str:
    """What the names of all files of this store's backups begin with."""
    return f"medilink-{store_id}-"


def archive_name(store_id: str, generation: int) -> str:
    """What the file of a backup is called."""
    return f"{store_prefix(store_id)}{generation:08d}.db.zst.age"


def manifest_name(archive: str) -> str:
    """What the small signed file beside a backup is called."""
    return f"{archive}.manifest"


def generation_in(name: str, store_id: str) -> int | None:
    """The generation a file name tells, if it is the name of a backup of this store."""
    found = _NAME.fullmatch(name)
    return int(found[2]) if found and found[1] == store_id else None

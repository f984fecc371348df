"""What was changed in place: old and new, field by field, with who did it.

Clinical entries are never changed in place (a correction is a new version); names, addresses and
what a person is asked once are. The log's entry of such a change names the fields and carries the
digest of these lines, so that neither can be altered without the other. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple


class FieldChange(NamedTuple):
    """One field, before and after. `what` is the thing that has the field: details, profile, …"""

    at: int
    uid: bytes
    what: str
    field: str
    old: str
    new: str
    author: str


def field_changes(
    at: int,
    uid: bytes,
    what: str,
    changed: Mapping[str, tuple[str, str]],
    author: str,
) -> tuple[FieldChange, ...]:
    """`changed` maps a field to (old, new)."""
    return tuple(
        FieldChange(at, uid, what, field, old, new, author)
        for field, (old, new) in sorted(changed.items())
    )


def digest_of(lines: tuple[FieldChange, ...]) -> str:
    """SHA-256 over the lines as canonical JSON, hex: what the log's entry carries."""
    told = [(line.at, line.uid.hex(), *line[2:]) for line in lines]
    whole = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()

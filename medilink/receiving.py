"""What came from another system: its own bytes, and what was read in them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medilink.people import PatientDetails
from medilink.records import Entry


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """One resource as another system sent it: its type, its own id, its bytes, and what we read.

    The bytes are kept as they came; `understood` are the entries made from them (none for kinds
    MediLink does not show yet).
    """

    kind: str
    source_id: str
    body: bytes
    understood: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedPatient:
    """One person with entries from another system. `source_id` tells the same person again."""

    source_id: str
    details: PatientDetails
    entries: Sequence[ReceivedEntry]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a file that could not be read: where, what, and why in a plain sentence."""

    where: str
    why: str

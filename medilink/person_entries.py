"""What is kept about a person besides illness: whom to call, insurance, what is asked once.

Pure. The fields every kind ends with are explained in `medilink.records`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Contact(NamedTuple):
    """FHIR Patient.contact: somebody to call. `primary`: 1 for the one to call first."""

    uid: bytes
    at: int
    name: str
    relation: str = ""
    phone: str = ""
    primary: int = 0
    status: str = "active"
    author: str = ""
    origin: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Coverage(NamedTuple):
    """FHIR Coverage: an insurance. `until`: a FHIR date text, or empty."""

    uid: bytes
    at: int
    insurer: str
    number: str = ""
    plan: str = ""
    until: str = ""
    status: str = "active"
    author: str = ""
    origin: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


class Profile(NamedTuple):
    """What a person is asked once: one version replaces the other, the newest counts.

    `donor`: yes, no or empty (not asked). `language`: of a catalogue or any BCP 47 tag. `reach`:
    phone, message, visit or empty. `photo`: uid of a Document, hex. `blood` is asserted by
    clinicians only (`medilink.profile` says who may change what).
    """

    uid: bytes
    at: int
    blood: str = ""
    donor: str = ""
    language: str = ""
    reach: str = ""
    email: str = ""
    pharmacy: str = ""
    photo: str = ""
    status: str = "active"
    author: str = ""
    origin: str = ""
    recorded: int = 0
    doubted: int = 0
    replaces: bytes | None = None
    why: str = ""


def combined(profiles: Sequence[Profile]) -> Profile:
    """Several profiles of one person as one, the newest first."""
    filled: dict[str, Any] = {
        field: next((found for each in profiles if (found := getattr(each, field))), "")
        for field in ("blood", "donor", "language", "reach", "email", "pharmacy", "photo")
    }
    if len({each.blood for each in profiles if each.blood}) > 1:
        filled["blood"] = ""
    return profiles[0]._replace(**filled)

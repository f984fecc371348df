"""What a person is asked once: who may say which of it, and what can be right.

Pure. What clinicians assert (blood type) stays theirs; the rest belongs to the person, and staff
may write it down for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from medilink.errors import CodeUnknown, NotYours
from medilink.people import Role, tidy
from medilink.person_entries import Profile
from medilink.visits import check_entry_text

BLOOD_TYPES = ("", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
DONOR = {"": "not asked", "yes": "Yes", "no": "No"}
REACH = {"": "not asked", "phone": "By phone call", "message": "By message", "visit": "At home"}
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")

# field → its label and who may change it
PROFILE_FIELDS: dict[str, tuple[str, frozenset[Role]]] = {
    "blood": ("Blood type", frozenset({Role.PROVIDER})),
    "donor": ("Organ donor", frozenset({Role.PROVIDER, Role.PATIENT})),
    "language": ("Preferred language", frozenset({Role.PROVIDER, Role.PATIENT})),
    "reach": ("How to reach", frozenset({Role.PROVIDER, Role.PATIENT})),
    "email": ("E-mail", frozenset({Role.PROVIDER, Role.PATIENT})),
    "pharmacy": ("Preferred pharmacy", frozenset({Role.PROVIDER, Role.PATIENT})),
}


def may_change(role: Role, field: str) -> bool:
    """Whether a role may say this of a person."""
    return role in PROFILE_FIELDS[field][1]


def changed_profile(before: Profile, typed: Mapping[str, str], role: Role) -> dict[str, str]:
    """The fields that were typed differently, checked. Raises NotYours for a field the role may
    not change, CodeUnknown, TooLong."""
    changed = {}
    for field, text in typed.items():
        label = PROFILE_FIELDS[field][0]
        value = check_entry_text(label, tidy(text))
        if value == getattr(before, field):
            continue
        if not may_change(role, field):
            raise NotYours
        if not _can_be(field, value):
            raise CodeUnknown(field=label)
        changed[field] = value
    return changed


def _can_be(field: str, value: str) -> bool:
    allowed = {"blood": BLOOD_TYPES, "donor": DONOR, "reach": REACH}.get(field)
    if allowed is not None:
        return value in allowed
    return field != "email" or not value or MAIL.fullmatch(value) is not None

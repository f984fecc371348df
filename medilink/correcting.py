"""A patient asks for something to be corrected; a clinician answers. Pure.

What clinicians assert stays theirs: the wish is kept beside it, with its answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from medilink.people import AccountId, PatientId


class CorrectionState(StrEnum):
    """Open until answered or taken back; every other state is an end."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Correction:
    """`about` is what the entry said when the patient asked; `entry` its uid, None for something
    that is missing. Times in milliseconds UTC."""

    id: int
    patient: PatientId
    section: str
    entry: bytes | None
    about: str
    wish: str
    asked_by: AccountId
    asked_at: int
    state: CorrectionState = CorrectionState.OPEN
    answered_by: AccountId | None = None
    answered_at: int | None = None
    answer: str = ""

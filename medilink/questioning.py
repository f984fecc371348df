"""A patient asks about an entry of the log ("this was not me"); an administrator answers. Pure.

The entry stays as it is, and so does the question: what was asked and answered is beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from medilink.people import Account, AccountId, PatientId, Role

MOST_OPEN = 10  # questions of one patient nobody has answered: an administrator reads each
MOST_ABOUT_ONE = 3  # times one entry may be asked about, each answered before the next


class Why(StrEnum):
    """What is wrong with an entry. The value is stored."""

    UNKNOWN = "unknown person"
    NOT_ME = "not me"
    NOT_THERE = "not there"
    TOO_MUCH = "too much"
    OTHER = "other"


WHY_WORDS = {
    Why.UNKNOWN: "I do not know this person",
    Why.NOT_ME: "This was not me",
    Why.NOT_THERE: "I was not at the clinic then",
    Why.TOO_MUCH: "They saw more than I wanted",
    Why.OTHER: "Something else",
}


class Finding(StrEnum):
    """What an administrator found. The value is stored."""

    IN_ORDER = "in order"
    NOT_IN_ORDER = "not in order"
    UNCLEAR = "unclear"


FINDING_WORDS = {
    Finding.IN_ORDER: "It was in order",
    Finding.NOT_IN_ORDER: "It was not in order",
    Finding.UNCLEAR: "It could not be found out",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`seq`: the entry it is about; `account`: whose doing that was, None for another clinic's.
    Times in milliseconds UTC; `answered_at` None: open."""

    id: int
    patient: PatientId
    seq: int
    account: AccountId | None
    why: Why
    words: str
    asked_by: AccountId
    asked_at: int
    finding: Finding | None = None
    answer: str = ""
    answered_by: AccountId | None = None
    answered_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.answered_at is None


def somebody_else_can_answer(who: AccountId, staff: list[Account]) -> bool:
    """Whether another administrator works here."""
    return any(one.id != who and not one.disabled and Role.ADMIN in one.roles for one in staff)

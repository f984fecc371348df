"""A flag: one thing about access to records that a person should look at, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from medilink.people import AccountId, PatientId

PATIENTS_NAMED = 200  # of one flag; the numbers still count all of them


class Rule(StrEnum):
    """By which rule something was flagged. The value is stored for years: never rename one."""

    MANY = "many records"
    MANY_IN_DAY = "many records in a day"
    NO_CARE = "no care"
    SAME_NAME = "same name"
    HOUSEHOLD = "same household"
    OUT_OF_HOURS = "out of hours"
    REFUSALS = "repeated refusals"
    CODES = "codes of one patient"
    EMERGENCY = "emergency"


class FlagState(StrEnum):
    """What became of a flag. An escalated one waits until it is dismissed; a dismissed one can be
    opened again."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ESCALATED = "escalated"


FOLLOWS: dict[FlagState, frozenset[FlagState]] = {
    FlagState.OPEN: frozenset({FlagState.DISMISSED, FlagState.ESCALATED}),
    FlagState.DISMISSED: frozenset({FlagState.OPEN}),
    FlagState.ESCALATED: frozenset({FlagState.DISMISSED}),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """What was seen, in the numbers that explain it, and the entries of the log it rests on.

    `key` is the same whenever the same thing is seen again. `account` is None where nobody was
    signed in; `patient` is set where a flag is about one patient. Times in milliseconds UTC.
    """

    key: str
    rule: Rule
    account: AccountId | None
    patient: PatientId | None
    at: int
    last_at: int
    first_seq: int
    last_seq: int
    numbers: Mapping[str, int] = field(default_factory=dict)
    patients: tuple[PatientId, ...] = ()
    id: int = 0
    state: FlagState = FlagState.OPEN
    decided_by: AccountId | None = None
    decided_at: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a rule saw at one entry, before it is known whether that is new."""

    rule: Rule
    account: AccountId | None
    patient: PatientId | None
    at: int
    last_at: int
    first_seq: int
    last_seq: int
    numbers: Mapping[str, int]
    patients: tuple[PatientId, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """An emergency opening was reviewed, which decides the oldest open flag about it."""

    account: AccountId
    patient: PatientId
    seq: int
    at: int
    by: AccountId | None
    state: FlagState


def extended(flag: Flag, more: Flag) -> Flag:
    """A flag whose pattern went on: the wider span, the larger numbers, everybody concerned."""
    keys = flag.numbers.keys() | more.numbers.keys()
    return replace(
        flag,
        at=min(flag.at, more.at),
        last_at=max(flag.last_at, more.last_at),
        first_seq=min(flag.first_seq, more.first_seq),
        last_seq=max(flag.last_seq, more.last_seq),
        numbers={key: max(flag.numbers.get(key, 0), more.numbers.get(key, 0)) for key in keys},
        patients=tuple(dict.fromkeys((*flag.patients, *more.patients)))[:PATIENTS_NAMED],
    )

"""A patient of another clinic, seen here by what they share: the rules of opening and keeping it.

Pure. What is opened is kept under the clinic that made it and its share id, readable by whoever
opened it until it ends; then its content is erased and only that it was opened stays.

    OPEN --clock, or done--> ENDED          OPEN --heard from its clinic--> WITHDRAWN
    ENDED --an emergency card, shown again--> OPEN

The six digits of a saved code have five tries here in its life, counted apart from what was opened:
what an unopened envelope says of itself is not believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from medilink.days import DAY_MS
from medilink.errors import (
    NewsTooOld,
    OfferExpired,
    OfferFromTheFuture,
    OfferUsed,
    OfferWithdrawn,
    ShareRefused,
)
from medilink.network import CLOCKS_DIFFER_MS
from medilink.people import AccountId, PatientId


class Mode(IntEnum):
    """What lies in an envelope. Numbers are part of the format: never change one."""

    OFFER = 0  # a summary, under the patient's six digits
    ANSWER = 1  # a summary, to one question
    CARD = 2  # what an emergency card points to
    RETURN = 3  # what the visited clinic has written, on its way home
    NEWS = 4  # what clinics say to each other
    WHOLE = 5  # a whole record, to one question


class VisitingState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


FOLLOWS: dict[VisitingState, frozenset[VisitingState]] = {
    VisitingState.OPEN: frozenset({VisitingState.WITHDRAWN, VisitingState.ENDED}),
    VisitingState.WITHDRAWN: frozenset(),
    VisitingState.ENDED: frozenset({VisitingState.OPEN}),
}
CARD_HELD_MS = DAY_MS  # an emergency is over, or is a visit of its own; the card can be shown again
REFUSAL: dict[VisitingState, type[ShareRefused]] = {
    VisitingState.WITHDRAWN: OfferWithdrawn,
    VisitingState.ENDED: OfferExpired,
}


@dataclass(frozen=True, slots=True)
class Visiting:
    """A share of another clinic, as it is known here. Times in milliseconds UTC; `issuer` is the
    id of that clinic's signing key, `local` the patient's number here once registered here."""

    share: bytes
    issuer: bytes
    clinic: str
    mode: Mode
    made: int
    ends: int
    state: VisitingState = VisitingState.OPEN
    scope: int = 0
    single_use: bool = True
    opened_at: int | None = None
    opened_by: tuple[AccountId, ...] = ()
    local: PatientId | None = None

    @property
    def key(self) -> bytes:
        """What it is kept under: nobody but its clinic can name it."""
        return self.issuer + self.share

    def says_the_same(self, other: Visiting) -> bool:
        """Whether another opening is of the same thing."""
        told = (self.key, self.mode, self.made, self.scope, self.single_use)
        same = told == (other.key, other.mode, other.made, other.scope, other.single_use)
        return same and (self.mode is Mode.CARD or self.ends == other.ends)


def held_until(mode: Mode, ends: int, now: int) -> int:
    """Until when what is opened now may lie here: a card lasts a year and is held for a day."""
    return min(ends, now + CARD_HELD_MS) if mode is Mode.CARD else ends


def opens_again(held: Visiting) -> bool:
    """Whether a share whose time here is over may be shown once more: a card may, unless it was
    withdrawn."""
    return held.mode is Mode.CARD and held.state is not VisitingState.WITHDRAWN


def check_times(made: int, ends: int, now: int) -> None:
    """Raises OfferExpired, OfferFromTheFuture."""
    if now >= ends:
        raise OfferExpired
    if made > now + CLOCKS_DIFFER_MS:
        raise OfferFromTheFuture


def check_heard(heard: int | None, joined: int, now: int, limit: int) -> None:
    """A saved share opens only where it is known lately enough what was withdrawn. Before the first
    news of a clinic, the day it joined counts. `limit` in days. Raises NewsTooOld."""
    days = (now - (heard or joined)) // DAY_MS
    if days > limit:
        raise NewsTooOld(days=days, limit=limit)


def check_state(held: Visiting | None, who: AccountId) -> None:
    """Whether `who` may go on with a share that was shown here before. Raises ShareRefused."""
    if held is None or opens_again(held):
        return
    if held.state in REFUSAL:
        raise REFUSAL[held.state]
    if held.state is VisitingState.OPEN and held.single_use and who not in held.opened_by:
        raise OfferUsed


def may_read(held: Visiting | None, who: AccountId, now: int) -> bool:
    """Whether somebody may read what was opened here."""
    return (
        held is not None
        and held.state is VisitingState.OPEN
        and who in held.opened_by
        and now < held.ends
    )

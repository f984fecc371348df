"""What a patient gives away, to whom it opens, and when it ends: the rules of access codes.

Pure. A grant is one permission of one patient: sections, until when, once or more often. Its two
faces are a 6-digit code and a QR (`qr_text`); sharing between clinics that are both offline will
add more faces here, and no second kind of grant.

    ACTIVE --first opening of a single-use grant--> USED
    ACTIVE, USED --patient--> REVOKED          ACTIVE, USED --clock--> EXPIRED
    ACTIVE --five wrong tries--> BURNT

A provider who has opened a USED grant keeps the access until it expires or is revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from medilink.errors import (
    CodeBurnt,
    CodeExpired,
    CodeRevoked,
    CodeUsed,
    CodeWrong,
    NothingShared,
    NotValid,
    QrNotOurs,
    ShareRefused,
)
from medilink.people import AccountId, PatientId
from medilink.records import Section

GrantId = NewType("GrantId", int)

CODE_DIGITS = 6
TRIES_PER_GRANT = (
    5  # SMART Health Links asks for a lifetime count; NIST SP 800-63B 5.2.2 rate limit
)
TRIES_BEFORE_ID = 3  # wrong codes after which the MediLink ID must be typed too
HOUR_MS = 3_600_000
CLOCK_SLACK_MS = 10 * 60_000  # clocks are set by minutes now and then
DURATIONS_HOURS = (1, 6, 24, 168)
DEFAULT_HOURS = 24
ACTIVE_CODES_PER_PATIENT = 20


class GrantState(StrEnum):
    ACTIVE = "active"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    BURNT = "burnt"


# Every state, and the states that may follow it.
FOLLOWS: dict[GrantState, frozenset[GrantState]] = {
    GrantState.ACTIVE: frozenset(
        {GrantState.USED, GrantState.REVOKED, GrantState.EXPIRED, GrantState.BURNT}
    ),
    GrantState.USED: frozenset({GrantState.REVOKED, GrantState.EXPIRED}),
    GrantState.REVOKED: frozenset(),
    GrantState.EXPIRED: frozenset(),
    GrantState.BURNT: frozenset(),
}
REVOCABLE = frozenset(state for state, after in FOLLOWS.items() if GrantState.REVOKED in after)

# What a person is told when a code in this state is tried.
REFUSAL: dict[GrantState, type[ShareRefused]] = {
    GrantState.USED: CodeUsed,
    GrantState.REVOKED: CodeRevoked,
    GrantState.EXPIRED: CodeExpired,
    GrantState.BURNT: CodeBurnt,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission. Times in milliseconds UTC; `opened_by` are the accounts that opened it."""

    id: GrantId
    uid: bytes
    patient: PatientId
    sections: frozenset[Section]
    single_use: bool
    purpose: str
    made_at: int
    expires_at: int
    state: GrantState
    tries: int = 0
    opened_by: tuple[AccountId, ...] = ()


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant before it is stored."""

    uid: bytes
    patient: PatientId
    sections: frozenset[Section]
    single_use: bool
    purpose: str
    made_at: int
    expires_at: int


def new_grant(  # noqa: PLR0913 what makes a grant, each named by the caller
    *,
    uid: bytes,
    patient: PatientId,
    sections: frozenset[Section],
    hours: int,
    single_use: bool,
    purpose: str,
    now: int,
) -> NewGrant:
    """A grant that starts now. Raises NothingShared; NotValid for a duration not offered."""
    if not sections:
        raise NothingShared
    if hours not in DURATIONS_HOURS:
        raise NotValid
    return NewGrant(uid, patient, sections, single_use, purpose[:200], now, now + hours * HOUR_MS)


def state_at(grant: Grant, now: int) -> GrantState:
    """The state a grant is in at `now`: the clock may have moved on since it was stored. One made
    in the future was made while the clock ran ahead, and counts as over."""
    may_expire = GrantState.EXPIRED in FOLLOWS[grant.state]
    over = now >= grant.expires_at or grant.made_at > now + CLOCK_SLACK_MS
    return GrantState.EXPIRED if may_expire and over else grant.state


def check_can_redeem(grant: Grant | None, who: AccountId, now: int) -> Grant:
    """The grant, if `who` may open it now. Raises the ShareRefused that says why not."""
    if grant is None:
        raise CodeWrong
    state = state_at(grant, now)
    if state is GrantState.ACTIVE or (state is GrantState.USED and who in grant.opened_by):
        return grant
    raise REFUSAL[state]


def opens_for(grant: Grant, who: AccountId, now: int) -> bool:
    """Whether `who` may read by this grant now: opened before, and neither ended nor withdrawn."""
    live = state_at(grant, now) in (GrantState.ACTIVE, GrantState.USED)
    return live and who in grant.opened_by


def looks_like_code(typed: str) -> str | None:
    """The six digits of a typed code (spaces and dashes forgiven), or None."""
    digits = "".join(c for c in typed if c not in " -\u2011\u2013\u00a0")
    ascii_digits = digits.isascii() and digits.isdigit()
    return digits if ascii_digits and len(digits) == CODE_DIGITS else None


# ---- the QR face

QR_TAG = "ML0:"  # within one clinic. Kept free: ML1: sealed offer, MLF: animated, MLV: proof


def qr_text(token: str) -> str:
    """What the QR says: the tag and a sealed token (base45). Nothing in clear."""
    return QR_TAG + token


def read_qr_text(text: str) -> str:
    """The sealed token of a scanned QR. Raises QrNotOurs."""
    if len(text) > 500 or not text.startswith(QR_TAG):
        raise QrNotOurs
    return text[len(QR_TAG) :]

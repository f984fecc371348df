"""What a patient gives away, to whom it opens, and when it ends: the rules of access codes.

Pure. A grant is one permission of one patient: its scope, until when, once or more often. What is
typed or scanned to take one up differs by kind; a standing permission and one for the whole clinic
are taken up by nobody: they name who may read.

    ACTIVE --first opening of a single-use grant--> USED
    ACTIVE, USED --patient--> REVOKED          ACTIVE, USED --clock--> EXPIRED
    ACTIVE --five wrong tries--> BURNT

A provider who has opened a USED grant keeps the access until it expires or is revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from unicodedata import decimal

from medilink.errors import (
    CodeBurnt,
    CodeExpired,
    CodeRevoked,
    CodeUsed,
    CodeWrong,
    DigitsUnreadable,
    NothingShared,
    NotValid,
    QrNotOurs,
    ShareRefused,
    WritesUnwarned,
)
from medilink.people import AccountId, PatientId
from medilink.records import Section
from medilink.scopes import Scope

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
DAY_HOURS = 24
LONGEST_STANDING_DAYS = 365  # then somebody should ask again
ACTIVE_CODES_PER_PATIENT = 20
# Withdrawn, each stands in the clinic's list until its own end, a year for a card: whoever makes
# and withdraws as many as they can does not fill that list (statements.MOST_ITEMS).
SHARES_PER_DAY = 50
SHARE_ID_BYTES = 8  # of the uid, its random end: what a QR and a list of withdrawals carry


class GrantKind(StrEnum):
    """How a permission is taken up. The values are stored for years: never rename one."""

    CODE = "code"  # six digits, or the QR beside them, at this clinic
    STANDING = "standing"  # one named provider, until withdrawn
    CLINIC = "clinic"  # every provider of this clinic
    OFFER = "offer"  # a sealed QR, opened at another clinic
    CARD = "card"  # an emergency card
    ANSWER = "answer"  # to a provider's own QR, once


LEAVING_KINDS = frozenset({GrantKind.OFFER, GrantKind.ANSWER, GrantKind.CARD})  # to other clinics
NAMED_KINDS = frozenset({GrantKind.STANDING, GrantKind.CLINIC})


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
    """One permission. Times in milliseconds UTC; `opened_by` are the accounts that opened it,
    `to_account` the one it names."""

    id: GrantId
    uid: bytes
    patient: PatientId
    scope: Scope
    single_use: bool
    purpose: str
    made_at: int
    expires_at: int
    state: GrantState
    tries: int = 0
    opened_by: tuple[AccountId, ...] = ()
    kind: GrantKind = GrantKind.CODE
    to_account: AccountId | None = None

    @property
    def sections(self) -> frozenset[Section]:
        """The sections of its scope."""
        return self.scope.sections

    @property
    def share_id(self) -> bytes:
        """What it is called outside this clinic."""
        return share_id_of(self.uid)


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant before it is stored."""

    uid: bytes
    patient: PatientId
    scope: Scope
    single_use: bool
    purpose: str
    made_at: int
    expires_at: int
    kind: GrantKind = GrantKind.CODE
    to_account: AccountId | None = None

    @property
    def share_id(self) -> bytes:
        """What it will be called outside this clinic."""
        return share_id_of(self.uid)


def share_id_of(uid: bytes) -> bytes:
    """The share id of the grant with a uid."""
    return uid[-SHARE_ID_BYTES:]


def check_scope(scope: Scope) -> Scope:
    """A scope a patient may choose. Raises NothingShared; NotValid for dates the wrong way round;
    WritesUnwarned where somebody would prescribe without knowing the allergies."""
    if not scope.sections:
        raise NothingShared
    if scope.since is not None and scope.until is not None and scope.since >= scope.until:
        raise NotValid
    if scope.write_back and Section.ALLERGIES not in scope.sections:
        raise WritesUnwarned
    return scope


def new_grant(  # noqa: PLR0913 what makes a grant, each named by the caller
    *,
    uid: bytes,
    patient: PatientId,
    scope: Scope,
    hours: int,
    single_use: bool,
    purpose: str,
    now: int,
) -> NewGrant:
    """A code's grant that starts now. Raises as `check_scope`; NotValid for a duration not
    offered."""
    check_scope(scope)
    if hours not in DURATIONS_HOURS:
        raise NotValid
    return NewGrant(uid, patient, scope, single_use, purpose[:200], now, now + hours * HOUR_MS)


def standing_grant(  # noqa: PLR0913 what makes a grant, each named by the caller
    *,
    uid: bytes,
    patient: PatientId,
    scope: Scope,
    days: int,
    to_account: AccountId | None,
    purpose: str,
    now: int,
) -> NewGrant:
    """A permission for a named account, or with None for every provider of the clinic, from now
    until withdrawn or so many days from now. Raises as `check_scope`; NotValid beyond 365 days."""
    check_scope(scope)
    if not 1 <= days <= LONGEST_STANDING_DAYS:
        raise NotValid
    kind = GrantKind.CLINIC if to_account is None else GrantKind.STANDING
    ends = now + days * DAY_HOURS * HOUR_MS
    return NewGrant(uid, patient, scope, False, purpose[:200], now, ends, kind, to_account)


def state_at(grant: Grant, now: int) -> GrantState:
    """The state a grant is in at `now`: the clock may have moved on since it was stored. One made
    in the future was made while the clock ran ahead, and counts as over."""
    may_expire = GrantState.EXPIRED in FOLLOWS[grant.state]
    over = now >= grant.expires_at or grant.made_at > now + CLOCK_SLACK_MS
    return GrantState.EXPIRED if may_expire and over else grant.state


def check_can_redeem(grant: Grant | None, who: AccountId, now: int) -> Grant:
    """The grant, if `who` may open it now. Raises the ShareRefused that says why not."""
    if grant is None or grant.kind in NAMED_KINDS:
        raise CodeWrong
    state = state_at(grant, now)
    if state is GrantState.ACTIVE or (state is GrantState.USED and who in grant.opened_by):
        return grant
    raise REFUSAL[state]


def opens_for(grant: Grant, who: AccountId, now: int) -> bool:
    """Whether the provider `who` may read by this grant now: opened by them before, or meant for
    them, and neither ended nor withdrawn."""
    if state_at(grant, now) not in (GrantState.ACTIVE, GrantState.USED):
        return False
    if grant.kind in NAMED_KINDS:
        return grant.kind is GrantKind.CLINIC or grant.to_account == who
    return who in grant.opened_by


LONGEST_TYPED = 24  # characters; what a scanner types is longer


def looks_like_code(typed: str) -> str | None:
    """The six digits of a typed code (spaces and dashes forgiven, digits of any script), or
    None."""
    digits = "".join(c for c in typed if c not in " -\u2011\u2013\u00a0\u3000")
    if len(digits) != CODE_DIGITS or not digits.isdecimal():
        return None
    return "".join(str(decimal(digit)) for digit in digits)


def check_typed(typed: str) -> str:
    """What was typed or came from a USB scanner, if it can be a code at all. Raises
    DigitsUnreadable for too few or too many digits, letters among them, or nothing."""
    short = len(typed.strip()) <= LONGEST_TYPED and ":" not in typed
    if short and looks_like_code(typed) is None:
        raise DigitsUnreadable
    return typed


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

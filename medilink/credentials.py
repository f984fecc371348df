"""A provider's licence, training and certificates: what they say, who has checked them, until when.

Pure. What is typed is a draft until it is sent; an administrator verifies or refuses it. That it is
about to expire or has expired is judged from its dates and today, never stored.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from enum import StrEnum

from medilink.errors import DateImpossible, LicenceExpired, Missing, NotANumber, NumberImpossible
from medilink.people import parse_birth_date, read_phone, tidy
from medilink.visits import check_entry_text

MOST_YEARS = 70  # of practice: nobody works longer
MOST_LISTED = 20  # certifications, specialities or affiliations
REMIND_DAYS = (90, 30, 7, 0)  # before it expires, and on the day it has


class State(StrEnum):
    """How far a set of credentials is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REFUSED = "refused"


# What may follow what. A change of what was checked goes back to the beginning.
FOLLOWS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.DRAFT, State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.DRAFT, State.VERIFIED, State.REFUSED}),
    State.VERIFIED: frozenset({State.DRAFT, State.VERIFIED}),
    State.REFUSED: frozenset({State.DRAFT, State.SUBMITTED}),
}


class Standing(StrEnum):
    """What others are shown."""

    UNVERIFIED = "unverified"
    SUBMITTED = "waits to be checked"
    VERIFIED = "verified"
    EXPIRING = "expires soon"
    EXPIRED = "expired"
    REFUSED = "refused"


STANDING_WORDS = {
    Standing.UNVERIFIED: "Licence not checked",
    Standing.SUBMITTED: "Licence waits to be checked",
    Standing.VERIFIED: "Licence checked",
    Standing.EXPIRING: "Licence checked, expires soon",
    Standing.EXPIRED: "Licence expired",
    Standing.REFUSED: "Licence refused",
}

IN_ORDER = frozenset({Standing.VERIFIED, Standing.EXPIRING})


@dataclass(frozen=True, slots=True)
class Certification:
    """One certificate. Dates are FHIR date texts; `expires` empty for one that does not."""

    name: str
    issuer: str = ""
    issued: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a provider says of themselves (FHIR Practitioner.qualification and around it).

    `public_phone`: 1 where patients may see the phone number.
    """

    licence: str = ""
    issuer: str = ""
    expires: str = ""
    specialities: tuple[str, ...] = ()
    certifications: tuple[Certification, ...] = ()
    school: str = ""
    residency: str = ""
    years: int | None = None
    affiliations: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    public_phone: int = 0


# A change of these needs no new check.
UNCHECKED = frozenset({"phone", "email", "public_phone"})


@dataclass(frozen=True, slots=True)
class Held:
    """Credentials as they are kept, with what was decided. Times in milliseconds UTC."""

    credentials: Credentials = field(default_factory=Credentials)
    state: State = State.DRAFT
    version: int = 0
    decided_at: int | None = None
    decided_by: int | None = None
    reason: str = ""
    has_photo: bool = False
    has_evidence: bool = False


# ---- what was typed


def check_credentials(typed: Credentials, country: str, today: date) -> Credentials:
    """The credentials as they are kept. Raises TooLong, DateImpossible, DateInFuture,
    NumberImpossible, PhoneUnreadable."""
    if typed.years is not None and not 0 <= typed.years <= MOST_YEARS:
        raise NumberImpossible(
            field="Years of practice", found=typed.years, low=0, high=MOST_YEARS, unit=""
        )
    return replace(
        typed,
        licence=_line("Licence number", typed.licence),
        issuer=_line("Issued by", typed.issuer),
        expires=_day("Valid until", typed.expires, today, ahead=True),
        specialities=_lines("Specialities", typed.specialities),
        certifications=tuple(
            _certification(one, today) for one in typed.certifications[:MOST_LISTED]
        ),
        school=_line("Medical school", typed.school),
        residency=_line("Residency", typed.residency),
        affiliations=_lines("Works also at", typed.affiliations),
        phone=read_phone(typed.phone, country),
        email=_line("E-mail", typed.email),
    )


def read_years(typed: str) -> int | None:
    """Years of practice as typed; None for none. Raises NotANumber."""
    if not typed.strip():
        return None
    if not typed.strip().isdecimal():
        raise NotANumber(field="Years of practice")
    return int(typed.strip()[:6])


def _line(label: str, text: str) -> str:
    return check_entry_text(label, tidy(text))


def _lines(label: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for text in texts[:MOST_LISTED] if (line := _line(label, text)))


def _day(label: str, typed: str, today: date, *, ahead: bool) -> str:
    if not typed.strip():
        return ""
    latest = date(today.year + 60, 12, 31) if ahead else today
    return parse_birth_date(typed, today, field=label, latest=latest)


def _certification(typed: Certification, today: date) -> Certification:
    name = _line("Certificate", typed.name)
    if not name:
        raise Missing(field="Certificate")
    issued = _day("Issued on", typed.issued, today, ahead=False)
    expires = _day("Valid until", typed.expires, today, ahead=True)
    if issued and expires and last_day(expires) < first_day(issued):
        raise DateImpossible(field="Valid until")
    return Certification(name, _line("Issued by", typed.issuer), issued, expires)


def check_can_submit(credentials: Credentials, today: date) -> None:
    """Raise Missing where there is nothing to check yet, DateInFuture's twin for one that has
    expired already."""
    for label, text in (("Licence number", credentials.licence), ("Issued by", credentials.issuer)):
        if not text:
            raise Missing(field=label)
    if credentials.expires and last_day(credentials.expires) < today:
        raise LicenceExpired


def needs_new_check(before: Credentials, after: Credentials) -> bool:
    """Whether something changed that an administrator has to look at."""
    return any(
        getattr(before, one.name) != getattr(after, one.name)
        for one in fields(Credentials)
        if one.name not in UNCHECKED
    )


def first_day(day: str) -> date:
    """The first day a FHIR date text can mean."""
    year, month, number = (*(int(part) for part in day.split("-")), 1, 1)[:3]
    return date(year, month, number)


def last_day(day: str) -> date:
    """The last day a FHIR date text can mean: valid until 2026 is valid all of 2026."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts[0], parts[1]) if len(parts) == 2 else (parts[0], 12)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


# ---- judged by the day


def days_left(credentials: Credentials, today: date) -> int | None:
    """Days until the licence expires, 0 on its last day, negative after; None without an end."""
    return (last_day(credentials.expires) - today).days if credentials.expires else None


def judge(held: Held | None, today: date) -> Standing:
    """What others are shown of somebody's credentials today."""
    if held is None or held.state is State.DRAFT:
        return Standing.UNVERIFIED
    if held.state is State.REFUSED:
        return Standing.REFUSED
    if held.state is State.SUBMITTED:
        return Standing.SUBMITTED
    left = days_left(held.credentials, today)
    if left is None or left > REMIND_DAYS[0]:
        return Standing.VERIFIED
    return Standing.EXPIRING if left >= 0 else Standing.EXPIRED


def reminder_due(held: Held, reminded: int | None, today: date) -> int | None:
    """Which reminder is due (90, 30, 7 or 0 days) and not yet given; `reminded` is the last one
    that was. One reminder where several have passed: the latest."""
    left = days_left(held.credentials, today)
    if held.state is not State.VERIFIED or left is None:
        return None
    passed = [days for days in REMIND_DAYS if left < days or left == days != 0]
    if not passed or (reminded is not None and min(passed) >= reminded):
        return None
    return min(passed)


# ---- as text


def as_text(credentials: Credentials) -> str:
    """As it is kept."""
    return json.dumps(asdict(credentials), ensure_ascii=False)


def from_text(text: str) -> Credentials:
    """What `as_text` wrote."""
    kept = json.loads(text)
    kept["certifications"] = tuple(Certification(**one) for one in kept["certifications"])
    for name in ("specialities", "affiliations"):
        kept[name] = tuple(kept[name])
    return Credentials(**kept)

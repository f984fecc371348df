"""Who a patient is, and how a person is told apart: names, birth dates, ids, phones.

Pure rules. A birth date is a FHIR date text ("1984", "1984-05", "1984-05-23"), because many people
know only the year; an estimated age is a year with `birth_estimated` set.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import NewType

import phonenumbers

from medilink.errors import (
    DateImpossible,
    DateInFuture,
    IdUnreadable,
    Missing,
    PhoneUnreadable,
    TooLong,
)

PatientId = NewType("PatientId", int)
AccountId = NewType("AccountId", int)

NAME_LIMIT = 200  # characters; longest names in public registers stay under 150
OLDEST_AGE_YEARS = 125  # the oldest documented person reached 122


class Sex(StrEnum):
    """FHIR R4 AdministrativeGender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What an account may be. SYSTEM is the command line on the laptop itself."""

    ADMIN = "admin"
    PROVIDER = "provider"
    PATIENT = "patient"
    SYSTEM = "system"


class Profession(StrEnum):
    """Kinds of provider."""

    DOCTOR = "doctor"
    NURSE = "nurse"
    CLINICAL_OFFICER = "clinical officer"


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """The fewest fields that identify a person; what registration asks for and editing changes."""

    given: str
    family: str
    sex: Sex
    birth_date: str = ""
    birth_estimated: bool = False
    phone: str = ""
    village: str = ""

    def __post_init__(self) -> None:
        for field in ("given", "family", "village"):
            check_line(field, getattr(self, field))

    @property
    def full_name(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Patient:
    """A registered patient. `version` counts the saves, so that two editors notice each other."""

    id: PatientId
    uid: bytes
    medilink_id: str
    details: PatientDetails
    version: int
    registered_at: int


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in. `patient` is set for patients, `profession` for providers.

    `role` is the one acted in; `more_roles` are others the same person may change to.
    """

    id: AccountId
    user_name: str
    display_name: str
    role: Role
    profession: str = ""
    patient: PatientId | None = None
    must_change: bool = False
    disabled: bool = False
    language: str = ""
    more_roles: tuple[Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role the person may act in, the present one first."""
        return (self.role, *self.more_roles)

    @property
    def title(self) -> str:
        """How the person is named on screens and in the log."""
        return f"{self.display_name} ({self.profession})" if self.profession else self.display_name


# ---- text


def tidy(text: str) -> str:
    """Unicode NFC, no control characters, single spaces. Any script; nothing else is changed."""
    kept = "".join(c if c.isprintable() or c in "\u200c\u200d" else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def check_line(field: str, text: str, limit: int = NAME_LIMIT) -> None:
    """Raise TooLong where one line of text is longer than a line can be."""
    if len(text) > limit:
        raise TooLong(field=field, found=len(text), limit=limit)


_MARKS = re.compile(r"[\u0300-\u036f]")
_NOT_NAME = re.compile(r"[^\w]+", re.UNICODE)


def fold(name: str) -> str:
    """A name as it is compared: lower case, Latin accents and punctuation gone, spaces single.

    Only combining marks of Latin and Greek (U+0300–U+036F) are dropped: in Arabic, Ethiopic or
    Devanagari a mark is a different letter.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")))
    return " ".join(_NOT_NAME.sub(" ", unicodedata.normalize("NFC", plain).casefold()).split())


# ---- birth date and age

_FHIR_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")


def parse_birth_date(
    text: str, today: date, *, field: str = "Birth date", latest: date | None = None
) -> str:
    """A typed date that lies in a lifetime, as FHIR date text.

    Takes 1984, 1984-05, 1984-05-23, also 23/05/1984 and 23.05.1984 (day first, as written outside
    the USA). Raises DateImpossible, DateInFuture.
    """
    typed = tidy(text).replace("/", "-").replace(".", "-")
    parts = typed.split("-")
    if len(parts) > 1 and len(parts[-1]) == 4:
        typed = "-".join(reversed(parts))
    found = _FHIR_DATE.match(typed)
    if not found:
        raise DateImpossible(field=field)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101 the pattern has matched
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise DateImpossible(field=field) from None
    if first > (latest or today):
        raise DateInFuture(field=field)
    if today.year - year > OLDEST_AGE_YEARS:
        raise DateImpossible(field=field)
    return "-".join(
        f"{part:0{width}d}" for part, width in ((year, 4), (month, 2), (day, 2)) if part is not None
    )


def birth_year_from_age(years: int, today: date) -> str:
    """The birth year of somebody who says they are `years` old. Raises DateImpossible."""
    if not 0 <= years <= OLDEST_AGE_YEARS:
        raise DateImpossible(field="Age")
    return f"{today.year - years:04d}"


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years, and for small children completed months or days. None where not known."""

    years: int
    months: int | None
    days: int | None
    about: bool


def age_at(birth_date: str, estimated: bool, today: date) -> Age | None:
    """Age on `today`; None without a birth date or for one that lies ahead (a wrong clock)."""
    found = _FHIR_DATE.match(birth_date)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    born = date(year or 1, month or 1, day or 1)
    if born > today:
        return None
    if month is None:
        return Age(today.year - born.year, None, None, about=True)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    days = (today - born).days if day else None
    return Age(max(months, 0) // 12, max(months, 0), days, about=estimated or day is None)


def age_in_days(birth_date: str, today: date) -> float | None:
    """Days lived by `today`; where only a year or month is known, from its middle. None without a
    birth date or for one that lies ahead."""
    found = _FHIR_DATE.match(birth_date)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    born = date(year or 1, month or 7, day or (15 if month else 1))
    lived = (today - born).days
    return float(lived) if lived >= 0 else (0.0 if not day and year == today.year else None)


# ---- MediLink ID

# Crockford base32: no I, L, O, U, so that a handwritten id can be read back.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_READ = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
NODE_CODE_LENGTH = 3
NUMBER_LENGTH = 4
NUMBERS_PER_NODE = 32**NUMBER_LENGTH


def _check_letter(body: str) -> str:
    """ISO/IEC 7064 hybrid system MOD 33,32 (the scheme of MOD 37,36, on our 32 letters)."""
    carry = 32
    for letter in body:
        carry = (carry + _LETTERS.index(letter)) % 32 or 32
        carry = carry * 2 % 33
    return _LETTERS[(33 - carry) % 32]


def base32(number: int, length: int) -> str:
    """`number` in `length` Crockford letters."""
    letters = ""
    for _ in range(length):
        number, digit = divmod(number, 32)
        letters = _LETTERS[digit] + letters
    return letters


def make_medilink_id(node_code: str, number: int) -> str:
    """`ML-NNNX-XXXC`: three letters of the node, four of the number, one check letter."""
    body = node_code + base32(number, NUMBER_LENGTH)
    whole = body + _check_letter(body)
    return f"ML-{whole[:4]}-{whole[4:]}"


def read_medilink_id(typed: str) -> str:
    """The id in its one written form. Case, spaces, dashes and look-alike letters are forgiven.

    Raises IdUnreadable when the check letter shows a mistyped one.
    """
    letters = re.sub(r"[\s\-–—_.]", "", unicodedata.normalize("NFKC", typed)).upper()
    letters = letters.removeprefix("ML").translate(_AS_READ)
    fits = len(letters) == NODE_CODE_LENGTH + NUMBER_LENGTH + 1
    if not fits or any(letter not in _LETTERS for letter in letters):
        raise IdUnreadable
    if _check_letter(letters[:-1]) != letters[-1]:
        raise IdUnreadable
    return f"ML-{letters[:4]}-{letters[4:]}"


def node_code_of(medilink_id: str) -> str:
    """The letters of the clinic that gave an id, as `read_medilink_id` writes it."""
    return medilink_id.removeprefix("ML-")[:NODE_CODE_LENGTH]


# ---- phone


def read_phone(typed: str, country: str) -> str:
    """A typed phone number as E.164 (ITU-T), read as dialled in `country` (ISO 3166-1 alpha-2).

    Empty stays empty. Raises PhoneUnreadable for what cannot be a number there; a number is not
    refused for being unassigned, because numbering plans change faster than this program.
    """
    typed = tidy(typed)
    if not typed:
        return ""
    check_line("Phone", typed, 40)
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        raise PhoneUnreadable from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneUnreadable
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


# ---- registering


def check_details(details: PatientDetails) -> PatientDetails:
    """The details as they are stored: tidied; at least one name. Raises Missing, TooLong."""
    tidied = PatientDetails(
        given=tidy(details.given),
        family=tidy(details.family),
        sex=Sex(details.sex),
        birth_date=details.birth_date,
        birth_estimated=details.birth_estimated and bool(details.birth_date),
        phone=details.phone,
        village=tidy(details.village),
    )
    if not tidied.full_name:
        raise Missing(field="Name")
    return tidied


def changed_fields(mine: PatientDetails, theirs: PatientDetails) -> dict[str, tuple[str, str]]:
    """Field → (mine, theirs) for every field in which two versions of a person differ."""
    return {
        field.name: (str(getattr(mine, field.name)), str(getattr(theirs, field.name)))
        for field in fields(PatientDetails)
        if getattr(mine, field.name) != getattr(theirs, field.name)
    }

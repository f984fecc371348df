"""A FHIR Patient as the person MediLink registers.

Without a name nobody can be registered, so that is Wrong; every other field that cannot be read is
left empty and named, because the entries of this person are worth more than a birth date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from medilink.errors import PhoneUnreadable, TooLong
from medilink.fhir_names import FIELD
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_values import (
    Json,
    Wrong,
    fitting,
    moment,
    parts,
    text,
    words,
)
from medilink.people import NAME_LIMIT, PatientDetails, Sex, read_phone, tidy
from medilink.receiving import Unread

PHONE_LIMIT = 40  # characters; the longest E.164 number has 16
BIRTH_ESTIMATED = FIELD + "birth_estimated"
_LAPSED = ("old", "temp")
_NAME_USES = ("official", "usual", "", "nickname", "anonymous", "maiden", "temp", "old")
_PHONE_USES = ("mobile", "home", "", "work")
T = TypeVar("T")


@dataclass(slots=True)
class ReadPerson:
    """A patient as read: who, by what name to know them again, and the fields left empty."""

    piece: Piece
    source_id: str
    details: PatientDetails
    left_out: list[Unread] = field(default_factory=list)


def read_person(piece: Piece, file_name: str) -> ReadPerson:
    """Read a Patient resource. Raises Wrong where there is no usable name."""
    left_out: list[Unread] = []

    def may_fail(what: str, read: Callable[[Json], T], otherwise: T) -> T:
        try:
            return read(piece.content)
        except (Wrong, TooLong) as wrong:
            left_out.append(Unread(f"{piece.where}, {what}", f"{wrong} It was left empty."))
            return otherwise

    given, family = _name(piece.content)
    source_id = may_fail("identifier", _official_id, "") or f"{file_name}|{piece.name}"
    details = PatientDetails(
        given=given,
        family=family,
        sex=may_fail("gender", _sex, Sex.UNKNOWN),
        birth_date=may_fail("birthDate", _birth_date, ""),
        birth_estimated=may_fail("birthDate", _is_estimated, False),
        phone=may_fail("telecom", _phone, ""),
        village=may_fail("address", _village, ""),
    )
    return ReadPerson(piece, source_id, details, left_out)


def _name(patient: Json) -> tuple[str, str]:
    """Given and family names, as they came; the official ones before others."""
    for name in _by_use(parts(patient, "name"), _NAME_USES):
        given, family = " ".join(words(name, "given")), text(name, "family", NAME_LIMIT)
        given = fitting("The name", given, NAME_LIMIT)
        if not given and not family:
            given = text(name, "text", NAME_LIMIT)
        if given or family:
            return given, family
    raise Wrong("This patient has no name.")


def _by_use(items: list[Json], order: tuple[str, ...]) -> list[Json]:
    """Names, phones or addresses, the most useful `use` first; an unknown use goes last."""

    def rank(item: Json) -> int:
        use = item.get("use")
        return order.index(str(use or "")) if str(use or "") in order else len(order)

    return sorted(items, key=rank)


def _official_id(patient: Json) -> str:
    """`system|value` of the first official identifier, else of the first that still holds."""
    held = [i for i in parts(patient, "identifier") if i.get("use") not in _LAPSED]
    for identifier in _by_use(held, ("official", "usual", "")):
        system, value = text(identifier, "system"), text(identifier, "value")
        if system and value:
            return f"{system}|{value}"
    return ""


def _sex(patient: Json) -> Sex:
    said = text(patient, "gender")
    try:
        return Sex(said) if said else Sex.UNKNOWN
    except ValueError:
        raise Wrong("gender is not one of female, male, other, unknown.") from None


def _birth_date(patient: Json) -> str:
    said = text(patient, "birthDate")
    if said and moment(said) is None:
        raise Wrong("birthDate is not a date that can be right.")
    return said[: len("1984-05-23")]


def _is_estimated(patient: Json) -> bool:
    """Whether the date was only guessed: said by MediLink, which asks for it."""
    marks = [each for each in parts(patient, "extension") if each.get("url") == BIRTH_ESTIMATED]
    return any(each.get("valueString") == "1" for each in marks)


def _village(patient: Json) -> str:
    places = [a for a in parts(patient, "address") if a.get("use") != "old"]
    return next((city for place in places if (city := text(place, "city", NAME_LIMIT))), "")


def _phone(patient: Json) -> str:
    return phone_of(patient, country_of(patient))


def country_of(person: Json) -> str:
    """The country (ISO 3166-1 alpha-2) of the first address that names one so; else empty."""
    places = parts(person, "address") if isinstance(person.get("address"), list) else []
    country = next((c for place in places if (c := text(place, "country"))), "")
    return country if len(country) == 2 else ""


def phone_of(person: Json, country: str) -> str:
    """The number to call, as E.164 where it can be read in that country, else as it was written.
    Raises Wrong."""
    lines = [t for t in parts(person, "telecom") if t.get("use") != "old"]
    numbers = [t for t in lines if t.get("system") in ("phone", "sms", None)]
    for number in _by_use(numbers, _PHONE_USES):
        if written := text(number, "value"):
            return phone_or_as_written(written, country)
    return ""


def phone_or_as_written(written: str, country: str) -> str:
    """A phone number as E.164, or as it was written where that cannot be told. Raises Wrong."""
    written = tidy(written).removeprefix("tel:")
    try:
        return read_phone(written, country)
    except (PhoneUnreadable, TooLong):
        return fitting("The phone number", written, PHONE_LIMIT)

"""FHIR R4 data types as plain values: texts, codes, dates and numbers.

What comes in is parsed JSON whose shape nobody has checked. A part that is missing is empty; a part
that is there but is not what R4 says raises Wrong. Sentences name the field, never what is in it:
they end up on screens and in reports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from medilink.people import tidy
from medilink.visits import LINE_LIMIT, NOTE_LIMIT

Json = Mapping[str, object]
EMPTY: Json = {}


class Wrong(ValueError):
    """A part of a resource that is needed is not what FHIR R4 says; the text tells a person why."""


# ---- texts


def text(node: Json, key: str, limit: int = LINE_LIMIT) -> str:
    """One line of text; empty where there is none. Never cut: a longer one raises Wrong."""
    value = node.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(f"{key} is not a text.")
    return fitting(key, value, limit)


def fitting(what: str, value: str, limit: int = LINE_LIMIT) -> str:
    """`value` tidied to one line. Raises Wrong where it is longer than a line may be."""
    line = value if len(value) > 4 * limit else tidy(value)
    if len(line) > limit:
        raise Wrong(f"{what} is too long ({len(line)} characters; at most {limit}).")
    return line


def note(node: Json, key: str) -> str:
    """A text of several lines, its line breaks kept."""
    value = node.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(f"{key} is not a text.")
    if len(value) > NOTE_LIMIT:
        raise Wrong(f"{key} is too long ({len(value)} characters; at most {NOTE_LIMIT}).")
    kept = "".join(c if c.isprintable() or c in "\n\t\u200c\u200d" else " " for c in value)
    return unicodedata.normalize("NFC", kept).strip()


def truth(node: Json, key: str) -> bool:
    """A boolean; false where there is none."""
    value = node.get(key)
    if value is not None and not isinstance(value, bool):
        raise Wrong(f"{key} is not true or false.")
    return value is True


# ---- parts


def part(node: Json, key: str) -> Json:
    """The object under `key`; empty where there is none."""
    value = node.get(key)
    if value is None:
        return EMPTY
    if not isinstance(value, dict):
        raise Wrong(f"{key} is not built the way FHIR R4 builds it.")
    return value


def parts(node: Json, key: str) -> list[Json]:
    """The list of objects under `key`; empty where there is none."""
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Wrong(f"{key} is not built the way FHIR R4 builds it.")
    return value


def words(node: Json, key: str) -> list[str]:
    """The list of texts under `key`; a null stands for a text that was left out."""
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(w, str | None) for w in value):
        raise Wrong(f"{key} is not a list of texts.")
    return [word for word in value if word]


def inside(node: object) -> Iterator[Json]:
    """Every object in a piece of JSON. A loop, not recursion: files nest as deep as they like."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


# ---- codes


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: the words for it, its first code, and all its (system, code) pairs."""

    words: str
    code: str = ""
    system: str = ""
    codings: tuple[tuple[str, str], ...] = ()


def concept(node: Json, key: str) -> Concept:
    """The concept under `key`. Its own text goes before the displays of its codes."""
    return concept_in(part(node, key))


def concepts(node: Json, key: str) -> list[Concept]:
    """All concepts of the list under `key` that say something."""
    return [found for item in parts(node, key) if (found := concept_in(item)).words]


def concept_in(node: Json) -> Concept:
    """A CodeableConcept object as a Concept; without words where it says nothing."""
    codings = parts(node, "coding")
    coded = tuple(
        (text(coding, "system"), text(coding, "code")) for coding in codings if coding.get("code")
    )
    shown = next((shown for coding in codings if (shown := text(coding, "display"))), "")
    system, code = coded[0] if coded else ("", "")
    return Concept(text(node, "text") or shown or code, code, system, coded)


def first_code(node: Json, key: str) -> str:
    """The first code of a status that FHIR R4 writes as a concept."""
    return concept(node, key).code


# ---- numbers

# A number with more digits, or further from one, than anything measured: it would cost memory to
# write out, and is not believed.
_MOST_DIGITS = 60
_FURTHEST = 40
NOT_BELIEVED = float("nan")


def exact_number(digits: str) -> Decimal | float:
    """A JSON number as it was written: 37.10 stays 37.10. NaN where nobody could have meant it."""
    if len(digits) > _MOST_DIGITS:
        return NOT_BELIEVED
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return NOT_BELIEVED
    return number if not number or abs(number.adjusted()) <= _FURTHEST else NOT_BELIEVED


def decimal(node: Json, key: str) -> Decimal | None:
    """The number under `key`, with all its digits; None where there is none."""
    value = node.get(key)
    if value is None or isinstance(value, Decimal):
        return value
    raise Wrong(f"{key} is not a number that can be right.")


def plain(number: Decimal) -> str:
    """A number as decimal text, without an exponent."""
    return format(number, "f")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: decimal text (empty if unknown), unit, the unit in words, and < or > if given."""

    value: str
    unit: str
    unit_words: str
    comparator: str

    @property
    def words(self) -> str:
        return f"{self.comparator} {self.value} {self.unit_words or self.unit}".strip()


def quantity(node: Json) -> Quantity:
    """A Quantity object. The unit is its UCUM code if there is one, else the words."""
    number = decimal(node, "value")
    unit_words, code = text(node, "unit"), text(node, "code")
    return Quantity(
        value="" if number is None else plain(number),
        # UCUM writes "1" for things that are counted; then only the words say what.
        unit=unit_words if code in ("", "1") else code,
        unit_words=unit_words,
        comparator=text(node, "comparator"),
    )


# ---- dates

_DATE_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = 0  # 1 January 1970: an allergy nobody dated is still an allergy, and sorts last
_FIRST_YEAR, _LAST_YEAR = 1850, 2199  # 0001 and 9999 stand for "unknown" in other systems
_MOST_ZONE_MINUTES = 14 * 60


def moment(written: str) -> int | None:
    """A FHIR date, dateTime or instant as milliseconds since 1970 UTC; None if it cannot be right.

    A year or a month stands for its first instant; a time without a zone is read as UTC.
    """
    found = _DATE_TIME.fullmatch(written.strip())
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    given = zip(found.group(1, 2, 3, 4, 5, 6), "111000", strict=True)
    year, month, day, hour, minute, second = (int(part or first) for part, first in given)
    zone = _zone_minutes(found[8])
    if zone is None or second > 60:  # a leap second is the first of the next minute
        return None
    try:
        at = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    at += timedelta(seconds=second, minutes=-zone)
    return (at - _EPOCH) // timedelta(milliseconds=1) + int((found[7] or "0").ljust(3, "0")[:3])


def _zone_minutes(zone: str | None) -> int | None:
    """Minutes east of UTC; None for a zone that does not exist."""
    if zone in (None, "Z"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    ahead = hours * 60 + minutes
    if minutes > 59 or ahead > _MOST_ZONE_MINUTES:
        return None
    return -ahead if zone[0] == "-" else ahead


def when(node: Json, *keys: str) -> int | None:
    """The first of these dates that is there; of a period its start, else its end."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("start", value.get("end"))
        if value is None:
            continue
        at = moment(value) if isinstance(value, str) else None
        if at is None:
            raise Wrong(f"{key} is not a date that can be right.")
        return at
    return None

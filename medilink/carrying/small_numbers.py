"""Days, births, phones, ids and measured values as small whole numbers, and back.

Each `…_in` gives a number where the text can be told again exactly from it, else the text itself;
each `…_out` takes either. What cannot be any of it raises PayloadUnreadable.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from medilink.days import DAY_MS, MIDDAY_MS, date_text
from medilink.errors import IdUnreadable, PayloadUnreadable
from medilink.people import (
    NODE_CODE_LENGTH,
    NUMBERS_PER_NODE,
    base32,
    make_medilink_id,
    read_medilink_id,
)

Small = int | str
LONGEST_TEXT = 4_000  # characters; nothing shorter than a code's limit is refused for it
_MOST_MS = 1 << 62
_BORN_FIRST = date(1900, 1, 1)
_YEARS = 10_000  # below: a year; from here on: months since the year 0
_DECIMALS = 8
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,7})?")
_PHONE = re.compile(r"\+[1-9]\d{3,14}")
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32, as MediLink IDs are written
_ID_BYTES = 5  # seven letters of five bits


def text_out(value: Any) -> str:
    """A text that is one."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise PayloadUnreadable
    return value


def number_out(value: Any, low: int, high: int) -> int:
    """A whole number between two bounds."""
    if type(value) is not int or not low <= value <= high:
        raise PayloadUnreadable
    return value


# ---- days


def day_of(at: int) -> int:
    """The day of a moment, counted from 1970-01-01 UTC."""
    return at // DAY_MS


def day_in(at: int, newest: int) -> int:
    """Days before the newest one; for a moment known to the month or year only,
    -1 - (2 × days + 1 for a year)."""
    back = newest - day_of(at)
    exact = len(date_text(at))
    return -1 - (2 * back + (exact == 4)) if exact in (4, 7) else back


def day_out(value: Any, newest: int) -> int:
    """The moment as it is kept for a day without an hour (`medilink.days`)."""
    found = number_out(value, -_MOST_MS, _MOST_MS)
    back, after = (found, 0) if found >= 0 else ((-1 - found) // 2, 1 + (-1 - found) % 2)
    return number_out((newest - back) * DAY_MS + MIDDAY_MS + after, -_MOST_MS, _MOST_MS)


def birth_in(text: str) -> Small:
    """A FHIR date text: days since 1900-01-01; a year as -1 - year; a month as
    -1 - (10,000 + 12 × year + month - 1)."""
    try:
        year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
        born = date(year, month, day)
    except (ValueError, OverflowError):
        return text
    by_length = {
        10: (born - _BORN_FIRST).days,
        7: -1 - (_YEARS + 12 * year + month - 1),
        4: -1 - year,
    }
    found = by_length.get(len(text))
    return found if found is not None and _told(birth_out, found) == text else text


def birth_out(value: Any) -> str:
    """The FHIR date text."""
    if isinstance(value, str):
        return text_out(value)
    found = number_out(value, -1 - 12 * _YEARS - _YEARS, 1_000_000)
    if found >= 0:
        return (_BORN_FIRST + timedelta(days=found)).isoformat()
    months = -1 - found - _YEARS
    if months < 0:
        return f"{-1 - found:04d}"
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


# ---- phones and ids


def phone_in(text: str) -> Small:
    """An E.164 number without its plus."""
    return int(text[1:]) if _PHONE.fullmatch(text) else text


def phone_out(value: Any) -> str:
    """The phone number as it is kept."""
    return text_out(value) if isinstance(value, str) else f"+{number_out(value, 1, 10**15)}"


def id_in(text: str) -> bytes | str:
    """The seven letters of a MediLink ID before its check letter, as five bytes."""
    try:
        right = read_medilink_id(text) == text
    except IdUnreadable:
        return text
    if not right:
        return text
    letters = text.removeprefix("ML-").replace("-", "")[:-1]
    number = 0
    for letter in letters:
        number = number * 32 + _LETTERS.index(letter)
    return number.to_bytes(_ID_BYTES, "big")


def id_out(value: Any) -> str:
    """The MediLink ID in its one written form."""
    if isinstance(value, str):
        return text_out(value)
    if not isinstance(value, bytes) or len(value) != _ID_BYTES:
        raise PayloadUnreadable
    node, number = divmod(int.from_bytes(value, "big"), NUMBERS_PER_NODE)
    if node >= 32**NODE_CODE_LENGTH:
        raise PayloadUnreadable
    return make_medilink_id(base32(node, NODE_CODE_LENGTH), number)


# ---- measured values


def value_in(text: str) -> Small:
    """A decimal text: its digits × 8, plus how many of them stand after the point."""
    if not text or not _DECIMAL.fullmatch(text) or text.startswith("-0"):
        return text
    whole, _, after = text.partition(".")
    return int(whole + after) * _DECIMALS + len(after)


def value_out(value: Any) -> str:
    """The decimal text, digit for digit."""
    if isinstance(value, str):
        return text_out(value)
    digits, decimals = divmod(number_out(value, -_MOST_MS, _MOST_MS), _DECIMALS)
    written = f"{abs(digits):0{decimals + 1}d}"
    text = f"{written[:-decimals]}.{written[-decimals:]}" if decimals else written
    return f"-{text}" if digits < 0 else text


def _told(out: Any, found: int) -> str | None:
    try:
        return str(out(found))
    except PayloadUnreadable:
        return None

"""What a cell of an Excel workbook can hold: texts, times and numbers as Excel knows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from exports.rows import when_text
from medilink.days import date_text

LONGEST_CELL = 32_767  # UTF-16 units (Microsoft: "Excel specifications and limits")
LONGEST_SHEET_NAME = 31
_EXCEL_BEGINS, _EXCEL_ENDS = date(1900, 3, 1), date(9999, 12, 31)  # before, its calendar is wrong
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?(?P<whole>[0-9]+)(?:\.(?P<after>[0-9]+))?")
_DIGITS_EXCEL_KEEPS = 15  # of a number (IEEE 754); one with more stays a text
# XML 1.0 knows no controls but tab and line break, and neither half letters nor U+FFFE.
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x20']+")


def visible(text: str) -> str:
    """A text as a workbook can hold it: controls as their pictures (U+2400 on), what cannot be
    written as U+FFFD, everything else as it is."""
    return _NOT_XML.sub(_picture, text.replace("\r\n", "\n").replace("\r", "\n"))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def pieces(text: str) -> list[str]:
    """A text in parts that fit a cell; nothing is lost between them. Excel counts letters beyond
    U+FFFF as two."""
    step = LONGEST_CELL if text.isascii() or max(text) <= "\uffff" else LONGEST_CELL // 2
    return [text[first : first + step] for first in range(0, len(text), step)] or [""]


def when_cell(at: int | None) -> date | str:
    """A time as Excel knows it, in UTC; as text where it is only a month or a year, or none that
    Excel's calendar has."""
    text = when_text(at)
    if at is None or len(text) < len("2019-05-23"):
        return text
    exact = moment_cell(at)
    if exact is None:
        return text
    return exact.date() if date_text(at) else exact


def moment_cell(at: int) -> datetime | None:
    """A moment in UTC; None where Excel's calendar has it not."""
    try:
        exact = (_EPOCH + timedelta(milliseconds=at)).replace(tzinfo=None)
    except OverflowError:
        return None
    return exact if _EXCEL_BEGINS <= exact.date() <= _EXCEL_ENDS else None


def number_cell(kept: str) -> tuple[float, str] | None:
    """A decimal text as a number and the format that shows its digits: 37.10 stays 37.10. None for
    what is no number, or one Excel would round."""
    found = _NUMBER.fullmatch(kept)
    if not found or sum(map(len, filter(None, found.groups()))) > _DIGITS_EXCEL_KEEPS:
        return None
    after = found["after"]
    return float(kept), f"0.{'0' * len(after)}" if after else "0"


def sheet_name(title: str, taken: set[str]) -> str:
    """A name Excel takes: short, without signs, unlike the others. Added to `taken`."""
    plain = _NOT_IN_NAMES.sub(" ", visible(title)).strip() or "–"
    name, number = plain[:LONGEST_SHEET_NAME].strip(), 1
    while name.casefold() in taken | {"history"}:  # which Excel keeps for itself
        number += 1
        name = f"{plain[: LONGEST_SHEET_NAME - 4].strip()} {number}"
    taken.add(name.casefold())
    return name

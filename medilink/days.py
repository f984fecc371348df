"""When something was, as exactly as anybody knows it: "since 2019" must not become 1 January.

Entries keep one moment, in milliseconds UTC. A day without an hour is its noon, so that no time
zone moves it; a month and a year stand at noon of their first day, one and two milliseconds later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS = 24 * 3_600_000
MIDDAY_MS = 12 * 3_600_000
_EXACT = {10: 0, 7: 1, 4: 2}  # length of a FHIR date text → milliseconds after noon
_LENGTH = {MIDDAY_MS + after: length for length, after in _EXACT.items()}


def day_as_time(day: str) -> int:
    """A FHIR date text (2019, 2019-05, 2019-05-23) as the moment it is kept as."""
    year, month, number = (*(int(part) for part in day.split("-")), 1, 1)[:3]
    first = int(datetime(year, month, number, tzinfo=UTC).timestamp() * 1000)
    return first + MIDDAY_MS + _EXACT[len(day)]


def utc_day(at: int) -> str:
    """The day of a moment with an hour, in UTC: 2019-05-23."""
    return (_EPOCH + timedelta(milliseconds=at)).date().isoformat()


def date_text(at: int) -> str:
    """The FHIR date text a moment stands for; empty for a moment with an hour."""
    length = _LENGTH.get(at % DAY_MS)
    if length is None:
        return ""
    try:
        text = (_EPOCH + timedelta(milliseconds=at)).date().isoformat()[:length]
    except OverflowError:
        return ""
    return text if day_as_time(text) == at else ""

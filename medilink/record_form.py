"""Entries as the plain values a MediLink record file writes (docs/formats/record.md), and back.

Pure. What is empty is left out: reading puts the same emptiness back. Times are instants in UTC
with whole milliseconds; uids are written as UUIDs; decimals stay the text they were kept as.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from medilink.fhir_names import read_uid, written_uid
from medilink.people import PatientDetails, Sex
from medilink.records import PLACE_OF, Entry, Observation, Section

FORMAT = "medilink-record/1"
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in PLACE_OF}
LONGEST_TEXT = 1_000_000  # characters of one field; notes of 100,000 are real

_TIMES = frozenset({"at", "recorded", "ended_at"})
_UIDS = frozenset({"uid", "replaces", "encounter"})
_NUMBERS = frozenset({"doubted", "primary", "size"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_999  # the end of the year 9999
_EARLIEST_MS = -62_135_596_800_000  # the beginning of the year 1


class NotThisForm(ValueError):
    """What is written is no entry or person of this form; the text tells somebody why."""


def instant(ms: int) -> datetime:
    """A time in milliseconds as an instant. Not by `fromtimestamp`: before 1970 Windows refuses."""
    return _EPOCH + timedelta(milliseconds=ms)


def milliseconds(written: object) -> int:
    """A written instant in milliseconds since 1970-01-01 UTC. Raises NotThisForm."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        raise NotThisForm("A time in it cannot be read.") from None
    if found.tzinfo is None:
        raise NotThisForm("A time in it does not say its time zone.")
    return (found - _EPOCH) // timedelta(milliseconds=1)


def entry_values(entry: Entry) -> dict[str, object]:
    """An entry as values `orjson` writes; `type` is its kind."""
    kind = type(entry)
    values: dict[str, object] = {"type": kind.__name__}
    for name, value, write in zip(entry._fields, entry, _WRITERS[kind], strict=True):
        if value or (value == 0 and name == "ended_at"):
            values[name] = write(value) if write else value
    return values


def _writer(name: str) -> Callable[[Any], object] | None:
    """How a field is written where it is not written as it is."""
    if name in _UIDS:
        return written_uid
    return instant if name in _TIMES else None


_WRITERS = {kind: tuple(map(_writer, kind._fields)) for kind in KINDS.values()}


def entry_from(values: object) -> Entry:
    """The entry somebody wrote. Raises NotThisForm for what is none."""
    if not isinstance(values, Mapping):
        raise NotThisForm("An entry in it is no object.")
    kind = KINDS.get(str(values.get("type")))
    if kind is None:
        raise NotThisForm("It holds a kind of entry that is not known here. Update MediLink.")
    unknown = values.keys() - set(kind._fields) - {"type"}
    if unknown:
        raise NotThisForm("An entry in it has a field that is not known here. Update MediLink.")
    made: Entry = kind(**{name: _field(kind, name, values.get(name)) for name in kind._fields})
    return made


def _field(kind: type[Any], name: str, written: object) -> object:
    if name in _UIDS:
        return _uid(name, written)
    if name in _TIMES:
        return _time(name, written)
    if name in _NUMBERS:
        return _number(written)
    text = "" if written is None else written
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise NotThisForm("A field of an entry is no text, or longer than any note.")
    if kind is Observation and name == "section":
        return _section(text)
    return text


def _uid(name: str, written: object) -> bytes | None:
    if written is None and name != "uid":
        return None
    found = read_uid(written)
    if not found:
        raise NotThisForm("An entry in it has no mark of its own (uid).")
    return found


def _time(name: str, written: object) -> int | None:
    if written is None:
        return None if name == "ended_at" else 0
    found = milliseconds(written)
    if not _EARLIEST_MS <= found <= _LATEST_MS:
        raise NotThisForm("A time in it lies outside the calendar.")
    return found


def _number(written: object) -> int:
    if written is None:
        return 0
    if type(written) is not int or not 0 <= written < 1 << 53:
        raise NotThisForm("A number of an entry cannot be read.")
    return written


def _section(text: str) -> Section:
    if text not in (Section.VITALS, Section.RESULTS):
        raise NotThisForm("A measurement in it is of no section.")
    return Section(text)


# ---- the person


def person_values(details: PatientDetails) -> dict[str, object]:
    """Who it is about, as values."""
    return {
        "given": details.given,
        "family": details.family,
        "sex": details.sex.value,
        "birth_date": details.birth_date,
        "birth_estimated": details.birth_estimated,
        "phone": details.phone,
        "village": details.village,
    }


def person_from(values: object) -> PatientDetails:
    """The person somebody wrote. Raises NotThisForm, NotValid."""
    if not isinstance(values, Mapping):
        raise NotThisForm("It does not say whom it is about.")
    texts = {
        name: values.get(name, "") for name in ("given", "family", "birth_date", "phone", "village")
    }
    if not all(isinstance(text, str) for text in texts.values()):
        raise NotThisForm("It does not say whom it is about.")
    if values.get("sex") not in list(Sex):
        raise NotThisForm("It does not say whom it is about.")
    estimated = values.get("birth_estimated") is True
    return PatientDetails(**texts, sex=Sex(str(values["sex"])), birth_estimated=estimated)

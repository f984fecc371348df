"""A summary of a record for one code: packed to a number of bytes, and read back.

Version 1 is described in docs/formats/summary.md. What does not fit is left out in this order, and
the reader is told so:
  1. visits, the oldest first, all but the last
  2. plan, follow-up and notes of the last visit
  3. its reason (complaint) and treatment text
  4. results, the oldest first
  5. immunisations, the oldest first
  6. the last visit with its measurements
Never: the person, blood type, alerts, allergies, conditions, medicines, contacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medilink.carrying import summary_layout as layout
from medilink.carrying.cbor import read_cbor, write_cbor
from medilink.carrying.squeezing import NEWEST, expand, squeeze
from medilink.carrying.summary_reading import SummaryReader
from medilink.carrying.summary_writing import Parts, parts_of
from medilink.errors import PayloadUnreadable, TooMuchForOneCode
from medilink.records import Record, Section

NEVER_CARRIED = frozenset({Section.PROCEDURES, Section.DOCUMENTS, Section.INSURANCE})
CUT_FIRST = frozenset({Section.VISITS, Section.VITALS, Section.RESULTS, Section.IMMUNISATIONS})
PROFILE_CARRIED = ("blood", "language")  # all that is carried of Section.PERSON
MOST_EXPANDED = 64 * 1024  # bytes; a summary of a whole v40 code has a tenth of it
_PLAN = ("follow_up", "plan", "notes")
_COMPLAINT = ("reason", "treatment")


@dataclass(frozen=True, slots=True)
class Packed:
    """A summary as bytes. `shortened`: some of it did not fit and is left out."""

    body: bytes
    shortened: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A record that came in a code, and whether some of it was left out there."""

    record: Record
    shortened: bool


def pack_summary(record: Record, most: int) -> Packed:
    """The summary in at most `most` bytes. Raises TooMuchForOneCode."""
    parts = parts_of(record)
    for tried in _ever_shorter(parts):
        body = squeeze(write_cbor(tried.items()), dictionary=NEWEST, most=MOST_EXPANDED)
        if len(body) <= most and _readable(body):
            return Packed(body, tried.shortened)
    raise TooMuchForOneCode


def _readable(body: bytes) -> bool:
    """Whether its reader will take it. A text of megabytes may be small when squeezed, and is
    refused by every reader; better here, where something else can be shown."""
    try:
        unpack_summary(body, origin="", seed=b"")
    except PayloadUnreadable:
        return False
    return True


def unpack_summary(body: bytes, *, origin: str, seed: bytes) -> Carried:
    """The record of a summary, with entries said to be from `origin` and named after `seed`.

    Its patient has id 0: who that is here, the caller must find out. Raises PayloadUnreadable,
    PayloadTooNew.
    """
    reader = SummaryReader(read_cbor(expand(body, most=MOST_EXPANDED)), origin, seed)
    return Carried(reader.record(), reader.shortened)


def _ever_shorter(parts: Parts) -> Iterator[Parts]:
    """The parts, and again each time a little less of them is left."""
    yield parts
    parts.shortened = True
    while len(parts.visits) > 1:
        parts.visits.pop()
        yield parts
    for fields in (_PLAN, _COMPLAINT):
        if parts.visits:
            for field in fields:
                parts.visits[0][layout.VISIT_TEXTS.index(field)] = ""
            yield parts
    for rows in (parts.results, parts.immunisations, parts.visits):
        while rows:
            rows.pop()
            yield parts

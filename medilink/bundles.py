"""How what clinics say travels: as text for a code, a moving picture or a file.

Pure. A tag of four characters says what follows in base45 (RFC 9285), so that it stands in a QR
code's alphanumeric mode:

    ML1:  a sealed envelope       MLN:  signed statements, open to read
    MLA:  a provider's question   MLC:  a consent receipt         MLF:  one frame of a moving code
    MLT:  a receipt of the log      MLV:  which clinic issued a document   MLS:  the seal of a file
    MLB:  news with removals beside it: [sealed envelope, statements open to read]
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import base45
import cbor2

from medilink.errors import OfferUnreadable, QrNotOurs, StatementUnreadable
from medilink.statements import Signed, read_statement
from security.cose import NotSigned, load_cbor

LONGEST_TEXT = 6_000_000  # characters of a file of news
MOST_STATEMENTS = 50_000
_TAG_LENGTH = 4


class Tag(StrEnum):
    """What a text of MediLink's is."""

    CLINIC = "ML0:"  # a grant, within the clinic that made it
    SEALED = "ML1:"
    SAID = "MLN:"
    NEWS = "MLB:"
    ASK = "MLA:"
    RECEIPT = "MLC:"
    FRAME = "MLF:"
    LOG_RECEIPT = "MLT:"
    ISSUED = "MLV:"
    SEAL = "MLS:"


def tag_of(text: str) -> Tag | None:
    """What kind of text this is; None where it is none of MediLink's."""
    return next((tag for tag in Tag if text.startswith(tag.value)), None)


def as_text(tag: Tag, raw: bytes) -> str:
    """Bytes as a text that can be drawn, scanned, saved and typed."""
    return tag.value + str(base45.b45encode(raw).decode())


def from_text(tag: Tag, text: str) -> bytes:
    """The bytes of a text. Raises QrNotOurs for another tag, OfferUnreadable for a damaged one."""
    if tag_of(text) is not tag:
        raise QrNotOurs
    if len(text) > LONGEST_TEXT:
        raise OfferUnreadable
    try:
        return bytes(base45.b45decode(text[len(tag.value) :]))
    except ValueError as trouble:
        raise OfferUnreadable from trouble


def as_moving(text: str) -> bytes:
    """What a moving code carries instead of a text too long for one: the tag and the bytes."""
    tag = tag_of(text)
    if tag is None:
        raise QrNotOurs
    return tag.value.encode() + from_text(tag, text)


def from_moving(content: bytes) -> str:
    """The text that came as a moving code. Raises QrNotOurs."""
    head = content[:_TAG_LENGTH].decode("ascii", "replace")
    tag = tag_of(head)
    if tag is None:
        raise QrNotOurs
    return as_text(tag, content[_TAG_LENGTH:])


def packed_statements(raws: Iterable[bytes]) -> bytes:
    """Signed statements as one list."""
    return cbor2.dumps(list(raws))


def bundle_text(raws: Iterable[bytes]) -> str:
    """Signed statements that anyone may read, as text."""
    return as_text(Tag.SAID, packed_statements(raws))


def news_text(sealed: bytes, removed: Iterable[bytes]) -> str:
    """News as text. Whoever was removed cannot open what is sealed to the others: that they were
    removed lies beside it, open to read."""
    told = list(removed)
    return as_text(Tag.NEWS, cbor2.dumps([sealed, told])) if told else as_text(Tag.SEALED, sealed)


def read_news(text: str) -> tuple[bytes, list[Signed]]:
    """(the sealed envelope, what lies beside it); nothing is believed yet. Raises OfferUnreadable,
    StatementUnreadable, StatementTooNew."""
    if tag_of(text) is not Tag.NEWS:
        return from_text(Tag.SEALED, text), []
    try:
        fields = load_cbor(from_text(Tag.NEWS, text), longest=LONGEST_TEXT)
    except NotSigned as trouble:
        raise StatementUnreadable from trouble
    match fields:
        case [bytes(sealed), list(told)]:
            return sealed, _read_all(told)
    raise StatementUnreadable


def read_bundle(raw: bytes) -> list[Signed]:
    """The statements of a list; nothing is believed yet. Raises StatementUnreadable, …TooNew."""
    try:
        items = load_cbor(raw, longest=LONGEST_TEXT)
    except NotSigned as trouble:
        raise StatementUnreadable from trouble
    if not isinstance(items, list):
        raise StatementUnreadable
    return _read_all(items)


def _read_all(items: list[object]) -> list[Signed]:
    if len(items) > MOST_STATEMENTS:
        raise StatementUnreadable
    found = [one for one in items if isinstance(one, bytes)]
    if len(found) != len(items):
        raise StatementUnreadable
    return [read_statement(one) for one in found]

"""Proof that a document left a clinic, and that a file of it is unchanged. Pure.

Two signed statements (`medilink.statements`): `Issued` is over the record in a document and stands
on its paper as a QR code, so that no code changes what it signs; `FileSeal` is over the finished
file and is its last bytes, in the place each kind of file has for what is no content:

    PDF    a comment at the end              zip, Excel   the archive comment (APPNOTE 4.3.16)
    JSON   the last member, "seal"           FHIR         Bundle.signature (R4, 2.36.5)

docs/formats/proof.md describes both for whoever checks a file without MediLink.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from medilink.bundles import Tag, as_text, from_text
from medilink.errors import OfferUnreadable, QrNotOurs, StatementUnreadable
from medilink.handing_out import Purpose
from medilink.record_form import instant
from medilink.statements import FileSeal, Issued, Signed, read_statement
from security.node_keys import KEY_ID_BYTES, key_id, six_words

# Frozen: a number once given is never given to anything else.
PURPOSE_NUMBERS = {
    Purpose.COPY: 1,
    Purpose.SUMMARY: 2,
    Purpose.REFERRAL: 3,
    Purpose.CONSULTATION: 4,
    Purpose.DISCHARGE: 5,
    Purpose.LEGAL: 6,
}
_PURPOSES = {number: purpose for purpose, number in PURPOSE_NUMBERS.items()}
LEAST_PIECE = 512  # bytes: a change is found to within a paragraph
MOST_PIECES = 1000
_LONGEST_SEAL = 40_000  # characters


class Container(StrEnum):
    """What a file is from outside: where its seal stands."""

    PDF = "pdf"
    ZIP = "zip"
    JSON = "json"
    FHIR = "fhir"


class NoSeal(Exception):
    """This file does not end with a seal."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file taken apart: what is sealed, and the seal, of which nothing is believed yet."""

    container: Container
    content: bytes
    seal: Signed
    says: FileSeal


def purpose_of(number: int) -> Purpose | None:
    """What a document is for; None for a purpose of a newer MediLink."""
    return _PURPOSES.get(number)


def document_words(digest: bytes) -> str:
    """What was signed in six words, to be compared with those on paper."""
    return " ".join(six_words(b"MediLink document words", digest))


# ---- what is printed


def issued_text(signed: Signed) -> str:
    """The text of the code on a document: at most 262 characters, QR version 9 at level M."""
    return as_text(Tag.ISSUED, signed.raw)


def read_issued(text: str) -> tuple[Signed, Issued]:
    """What a code on a document says; nothing is believed yet. Raises QrNotOurs, OfferUnreadable,
    StatementTooNew."""
    try:
        signed = read_statement(from_text(Tag.ISSUED, text))
    except StatementUnreadable as trouble:
        raise OfferUnreadable from trouble
    if not isinstance(signed.says, Issued):
        raise OfferUnreadable
    return signed, signed.says


# ---- files


def container_of(file: bytes) -> Container | None:
    """What kind of file this is, by its first bytes; None for one MediLink seals none of."""
    if file.startswith(b"%PDF-"):
        return Container.PDF
    if file.startswith(b"PK\x03\x04"):
        return Container.ZIP
    if file.startswith(b'{"resourceType":'):
        return Container.FHIR
    return Container.JSON if file.startswith(b"{") else None


def say_seal(
    content: bytes | memoryview, issued: Issued, *, form: str, clinic: str, signing: bytes
) -> FileSeal:
    """The seal for a finished file of a document, before it is signed."""
    piece = piece_size(len(content))
    return FileSeal(
        number=issued.number,
        purpose=issued.purpose,
        form=form,
        at=issued.at,
        clinic=clinic,
        signing=signing,
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        piece=piece,
        pieces=tuple(pieces_of(content, piece)),
    )


def piece_size(size: int) -> int:
    """How large the pieces of a file of this size are."""
    return max(LEAST_PIECE, -(-size // MOST_PIECES))


def pieces_of(content: bytes | memoryview, piece: int) -> list[bytes]:
    """The beginnings of the hashes of a file's pieces."""
    view = memoryview(content)
    return [
        hashlib.sha256(view[at : at + piece]).digest()[:KEY_ID_BYTES]
        for at in range(0, len(content), piece)
    ]


def bare_end(container: Container) -> bytes:
    """What a finished file ends with that has to make way for the seal."""
    return _BARE_ENDS[container]


def ending(container: Container, content: bytes, seal: Signed) -> bytes:
    """The last bytes of a sealed file. `content`: what stands before; of a zip none is needed."""
    if container is Container.PDF:
        return _pdf_end(content, seal)
    return _ENDINGS[container](seal)


def to_be_sealed(container: Container, content: bytes) -> bytes:
    """A finished file without its end, which makes room for the seal."""
    return content[: -len(_BARE_ENDS[container])] if _BARE_ENDS[container] else content


def ends_sealed(container: Container, content: bytes) -> bool:
    """Whether a file has a seal already."""
    return _MARKS[container].search(content, max(0, len(content) - _LONGEST_SEAL)) is not None


def with_seal(container: Container, content: bytes, seal: Signed) -> bytes:
    """`to_be_sealed` with its seal behind it: the file that leaves."""
    return content + ending(container, content, seal)


def take_apart(file: bytes) -> Sealed:
    """A sealed file in its parts. Raises NoSeal."""
    container = container_of(file)
    if container is None:
        raise NoSeal
    found = _MARKS[container].search(file, max(0, len(file) - _LONGEST_SEAL))
    if found is None:
        raise NoSeal
    try:
        seal = read_statement(_READERS[container](found[1].decode("ascii")))
    except (QrNotOurs, OfferUnreadable, StatementUnreadable, ValueError):
        raise NoSeal from None
    content = file[: found.start()]
    if not isinstance(seal.says, FileSeal) or with_seal(container, content, seal) != file:
        raise NoSeal
    return Sealed(container, content, seal, seal.says)


def is_sealed(file: bytes) -> bool:
    """Whether a file ends with a seal of MediLink, whoever made it."""
    try:
        take_apart(file)
    except NoSeal:
        return False
    return True


def changed_pieces(sealed: Sealed) -> list[tuple[int, int]]:
    """Where a file is not what was sealed, as (from, up to) in bytes; empty where it is unchanged.
    Where something was put in or taken out, all behind it has moved: the first place is told."""
    says = sealed.says
    same = len(sealed.content) == says.size
    if same and hashlib.sha256(sealed.content).digest() == says.digest:
        return []
    if says.piece < LEAST_PIECE:
        return [(0, len(sealed.content))]
    now = pieces_of(sealed.content, says.piece)
    differ = [
        number
        for number in range(max(len(now), len(says.pieces)))
        if now[number : number + 1] != list(says.pieces[number : number + 1])
    ]
    told = differ if same else differ[:1]
    return [(one * says.piece, (one + 1) * says.piece) for one in told] or [(0, says.size)]


def is_signers(sealed: Sealed) -> bool:
    """Whether a seal was signed with the key it names: a hint, until its signature was checked."""
    return key_id(sealed.says.signing) == sealed.seal.signer


# ---- how a seal stands in each kind of file

_TEXT = rb"(MLS:[0-9A-Z $%*+\-./:]+)"
_BARE_ENDS = {
    Container.PDF: b"",
    Container.ZIP: b"\0\0",  # the length of the archive comment: none
    Container.JSON: b"}\n",
    Container.FHIR: b"}",
}
_TABLE = re.compile(rb"startxref\s+([0-9]{1,12})\s")
_MARKS = {
    Container.PDF: re.compile(rb"%" + _TEXT + rb"\nstartxref\n[0-9]{1,12}\n%%EOF\n\Z"),
    Container.ZIP: re.compile(rb"[\s\S]{2}" + _TEXT + rb"\Z"),
    Container.JSON: re.compile(rb',\n"seal":"' + _TEXT + rb'"}\n\Z'),
    Container.FHIR: re.compile(
        rb',"signature":(?:(?!,"signature":)[\s\S])*?"data":"([^"]*)"\}\}\Z'
    ),
}


def _plain_seal(text: str) -> bytes:
    return from_text(Tag.SEAL, text)


def _fhir_seal(text: str) -> bytes:
    return b64decode(text, validate=True)


_READERS: dict[Container, Callable[[str], bytes]] = {
    Container.PDF: _plain_seal,
    Container.ZIP: _plain_seal,
    Container.JSON: _plain_seal,
    Container.FHIR: _fhir_seal,
}


def _pdf_end(content: bytes, seal: Signed) -> bytes:
    """The comment, and once more where the table of the objects is: readers look for that in the
    last thousand bytes only."""
    found = _TABLE.search(content, max(0, content.rfind(b"startxref")))
    table = found[1] if found else b"0"
    text = as_text(Tag.SEAL, seal.raw).encode()
    return b"%" + text + b"\nstartxref\n" + table + b"\n%%EOF\n"


def _zip_end(seal: Signed) -> bytes:
    comment = as_text(Tag.SEAL, seal.raw).encode()
    return len(comment).to_bytes(2, "little") + comment


def _fhir_end(seal: Signed) -> bytes:
    """Bundle.signature: an author's signature (ASTM E1762), as detached COSE_Sign1."""
    says = seal.says
    at = instant(getattr(says, "at", 0)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    signature = {
        "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
        "when": at,
        "who": {"display": getattr(says, "clinic", "")},
        "targetFormat": "application/fhir+json",
        "sigFormat": "application/cose",
        "data": b64encode(seal.raw).decode(),
    }
    text = json.dumps(signature, ensure_ascii=False, separators=(",", ":"))
    return b',"signature":' + text.encode() + b"}"


_ENDINGS: dict[Container, Callable[[Signed], bytes]] = {
    Container.ZIP: _zip_end,
    Container.JSON: lambda seal: b',\n"seal":"' + as_text(Tag.SEAL, seal.raw).encode() + b'"}\n',
    Container.FHIR: _fhir_end,
}

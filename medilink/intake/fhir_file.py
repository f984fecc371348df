"""A FHIR file as bytes, taken apart: encoding, JSON, and where each resource begins and ends.

Each resource keeps the characters it came with: a slice of the file, never a dump of what was
parsed (37.10 would become 37.1). A UTF-8 file gives byte-for-byte slices; from UTF-16 or UTF-32 the
same characters are kept as UTF-8. Raw control characters in texts are let through: real exports
have them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from medilink.errors import FileUnreadable
from medilink.intake.fhir_kinds import ABOUT_A_PATIENT, NO_RECORD, R4_KINDS, other_version
from medilink.intake.fhir_values import NOT_BELIEVED, Json, Wrong, exact_number
from medilink.people import tidy
from medilink.receiving import Unread

_LABEL_LIMIT = 80  # characters of a resource's id in a sentence
_ID_LIMIT = 1000  # characters of an id or address: FHIR allows 64 and gives URLs no limit


@dataclass(frozen=True, slots=True)
class Piece:
    """One resource of a file: its place, type, ids, content as parsed, and its bytes as they came.

    `name` is what the resource is called in the file it came from: its id, else its address, else a
    fingerprint of its bytes, so that the same file gives the same names again.
    """

    number: int
    where: str
    kind: str
    id: str
    url: str
    content: Json
    body: bytes

    @property
    def name(self) -> str:
        return self.id or self.url or f"sha256:{hashlib.sha256(self.body).hexdigest()}"


@dataclass(slots=True)
class Opened:
    """What a file holds: its pieces, the Bundle around them, and the entries that are no pieces."""

    around: Json
    pieces: list[Piece] = field(default_factory=list)
    unread: list[tuple[int, Unread]] = field(default_factory=list)


def open_file(data: bytes) -> Opened:
    """Take a FHIR JSON file apart. Raises FileUnreadable for a file that is none."""
    text = _decoded(data)
    _refuse_other_formats(text)
    try:
        around, slots = _Scanner(text).top()
        kind = around.get("resourceType")
        if kind == "Bundle" and not isinstance(slots, list):
            raise FileUnreadable(why="it is a FHIR Bundle without entries.")
        if kind != "Bundle":
            whole = text.strip()
            slots = [_Slot({"resource": _DECODER.decode(whole)}, whole)]
    except RecursionError:
        raise FileUnreadable(why="it is nested deeper than any record.") from None
    except json.JSONDecodeError as broken:
        raise FileUnreadable(why=_where_it_breaks(text, broken)) from None
    if not isinstance(kind, str):
        raise FileUnreadable(why="it is JSON, but not FHIR: it does not name its resourceType.")
    if kind == "Bundle":
        _refuse_version(other_version(kind, around))
    return _sorted_out(around, slots or [])


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise FileUnreadable(why="it is empty.")
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise FileUnreadable(
            why="its characters are damaged or not Unicode. Export it again, as JSON in UTF-8."
        ) from None


def _refuse_other_formats(text: str) -> None:
    start = text.lstrip()[:1]
    if start == "<":
        raise FileUnreadable(why="it is XML. Export it again as FHIR R4 in JSON.")
    if start == "[":
        raise FileUnreadable(why="it is a list, not a FHIR Bundle. Export it as one Bundle.")
    if start != "{":
        raise FileUnreadable(why="it is not a FHIR file (JSON that begins with a brace).")


def _where_it_breaks(text: str, broken: json.JSONDecodeError) -> str:
    if broken.pos >= len(text.rstrip()) or "Unterminated" in broken.msg:
        return "it breaks off before its end. Copy or export it again."
    if broken.msg == "Extra data" and text[broken.pos] == "{":
        return "it holds one resource per line (NDJSON). Export it as one Bundle."
    return f"it is not JSON from line {broken.lineno} on. Export it again."


# ---- finding where each resource begins and ends


@dataclass(frozen=True, slots=True)
class _Slot:
    """One element of Bundle.entry, and the characters of its resource."""

    entry: object
    characters: str


def _constant(_: str) -> float:
    return NOT_BELIEVED  # NaN and Infinity are not JSON, but some programs write them


_DECODER = json.JSONDecoder(
    parse_float=exact_number, parse_int=exact_number, parse_constant=_constant, strict=False
)
_SPACE = re.compile(r"[ \t\n\r]*")


class _Scanner:
    """Reads one JSON object level by level, as deep as `Bundle.entry[].resource`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def top(self) -> tuple[dict[str, object], list[_Slot] | None]:
        """The outermost object without its entries, and the entries (None: they are no list)."""
        found: dict[str, object] = {}
        slots: list[_Slot] | None = None
        for key in self._keys():
            if key == "entry" and self._next() == "[":
                slots = [self._slot() for _ in self._items("]")]
            else:
                found[key] = self._value()
        if self._next():
            raise json.JSONDecodeError("Extra data", self._text, self._at)
        return found, slots

    def _slot(self) -> _Slot:
        if self._next() != "{":
            return _Slot(self._value(), "")
        entry: dict[str, object] = {}
        characters = ""
        for key in self._keys():
            self._next()
            begin = self._at
            entry[key] = self._value()
            if key == "resource":
                characters = self._text[begin : self._at]
        return _Slot(entry, characters)

    def _next(self) -> str:
        """The next character that is not a space; empty at the end."""
        spaces = _SPACE.match(self._text, self._at)
        self._at = spaces.end() if spaces else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, wanted: str) -> None:
        if self._next() != wanted:
            raise json.JSONDecodeError(f"Expecting {wanted}", self._text, self._at)
        self._at += 1

    def _value(self) -> object:
        self._next()
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value

    def _items(self, closing: str) -> Iterator[None]:
        """Step to each item of the array or object that begins here, up to its closing bracket."""
        self._next()
        self._at += 1
        if self._next() != closing:
            yield
            while self._next() == ",":
                self._at += 1
                yield
        self._take(closing)

    def _keys(self) -> Iterator[str]:
        for _ in self._items("}"):
            if self._next() != '"':
                raise json.JSONDecodeError("Expecting a name", self._text, self._at)
            key = str(self._value())
            self._take(":")
            yield key


# ---- from entries to pieces


class _OtherVersion(Wrong):
    """A resource in the shape of another FHIR version."""

    def __init__(self, kind: str, version: str) -> None:
        self.kind, self.version = kind, version
        super().__init__(f"It is written in {version}; MediLink reads FHIR R4.")


def _sorted_out(around: Json, slots: list[_Slot]) -> Opened:
    opened = Opened(around)
    taken: set[tuple[str, str]] = set()
    others: list[_OtherVersion] = []
    for number, slot in enumerate(slots, start=1):
        try:
            piece = _piece(number, slot)
            if (piece.kind, piece.name) in taken:
                raise Wrong("It stands in this file twice; the first one was taken.")
        except Wrong as wrong:
            opened.unread.append((number, Unread(_label(number, slot.entry), str(wrong))))
            others += [wrong] if isinstance(wrong, _OtherVersion) else []
            continue
        taken.add((piece.kind, piece.name))
        opened.pieces.append(piece)
    _refuse_other_version(opened.pieces, others)
    return opened


def _refuse_version(version: str) -> None:
    if version:
        raise FileUnreadable(
            why=f"it is written in {version}. MediLink reads FHIR R4: ask for an export in R4."
        )


def _refuse_other_version(pieces: list[Piece], others: list[_OtherVersion]) -> None:
    """Raise where the whole file is of another FHIR version: half of it would be misread.

    One odd resource is no proof; two are, where R4's shape of the same types is rarer, and one is
    where it is all that is said of anybody.
    """
    kinds = {other.kind for other in others}
    in_r4 = sum(piece.kind in kinds for piece in pieces)
    nothing_else = not any(piece.kind in ABOUT_A_PATIENT for piece in pieces)
    if len(others) > in_r4 and (len(others) >= 2 or nothing_else):
        _refuse_version(others[0].version)


def _piece(number: int, slot: _Slot) -> Piece:
    """One entry as a piece. Raises Wrong where it holds no resource of FHIR R4."""
    entry = slot.entry
    if not isinstance(entry, dict):
        raise Wrong("It is not built the way a Bundle builds an entry.")
    content = entry.get("resource")
    if not isinstance(content, dict):
        raise Wrong("It holds no resource.")
    kind = content.get("resourceType")
    if not isinstance(kind, str) or not kind:
        raise Wrong("It does not say what it is (resourceType).")
    _refuse_kind(kind, content)
    return Piece(
        number=number,
        where=_label(number, entry),
        kind=kind,
        id=_name(content.get("id")),
        url=_name(entry.get("fullUrl")),
        content=content,
        body=slot.characters.encode(),
    )


def _refuse_kind(kind: str, content: Json) -> None:
    if version := other_version(kind, content):
        raise _OtherVersion(kind, version)
    if kind in NO_RECORD:
        raise Wrong(NO_RECORD[kind])
    if kind not in R4_KINDS:
        raise Wrong("FHIR R4 has no resource of this type.")


def _name(value: object) -> str:
    """An id or address; one that could not be one counts as none."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > _ID_LIMIT:
        return ""
    return value.strip()


def _label(number: int, entry: object) -> str:
    content = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(content, dict):
        return f"entry {number}"
    kind, own = content.get("resourceType"), content.get("id")
    named = "/".join(tidy(name) for name in (kind, own) if isinstance(name, str))
    return f"entry {number} ({named[:_LABEL_LIMIT]})" if named else f"entry {number}"

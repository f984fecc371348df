"""A record as MediLink's own JSON (docs/formats/record.md): what every other form carries inside.

One entry a line, in a fixed order with sorted keys, so that the same record gives the same bytes,
a change can be told by its line, and a long record is written while it is read. What is signed is
the value of "record", byte for byte as it stands in the file.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import BinaryIO

import orjson

from exports.document import ClinicalDocument, number_text
from medilink.fhir_names import written_uid
from medilink.handing_out import Asked
from medilink.intake.fhir_again import Reread
from medilink.record_form import FORMAT, entry_values, instant, person_values
from medilink.records import PLACES_IN_FORCE, Entry, Record

Progress = Callable[[int, int], None]
_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z
_AT_ONCE = 256  # entries between two looks at whether to go on


def nobody_waits(_done: int, _of: int) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs, as it stands in the file: the clinic, its key and the key's six words, how its log
    stood (`LogHead`, signed), and the statements by which its network vouches for the key."""

    clinic: str
    key: bytes
    key_words: str
    log_head: bytes = b""
    vouched: tuple[bytes, ...] = ()


def write_record_file(
    document: ClinicalDocument,
    issuer: Issuer,
    prove: Callable[[bytes], str],
    sink: BinaryIO,
    progress: Progress = nobody_waits,
) -> bytes:
    """Write the file, all but its seal. `prove(digest)`: the text of the proof over SHA-256 of the
    record, which is returned."""
    digest = hashlib.sha256()
    sink.write(b'{"format":' + orjson.dumps(FORMAT) + b',\n"record":')
    for part in record_parts(document, progress):
        digest.update(part)
        sink.write(part)
    proof = prove(digest.digest())
    sink.write(b',\n"issuer":' + _line(_issuer_values(issuer)))
    sink.write(b',\n"proof":' + orjson.dumps(proof) + b"}\n")
    return digest.digest()


def record_parts(document: ClinicalDocument, progress: Progress = nobody_waits) -> Iterator[bytes]:
    """The signed bytes, part by part."""
    handed = document.handed
    yield b'{"about":' + _line(_about(document))
    person = document.patient
    yield b',\n"patient":' + _line(
        {
            "uid": written_uid(person.uid),
            "medilink_id": person.medilink_id,
            "registered_at": instant(person.registered_at),
            **person_values(person.details),
        }
    )
    entries = in_order(handed.record)
    yield from _array("entries", _entry_lines(entries, progress))
    yield from _array("received", map(_received, handed.originals))
    yield from _array(
        "attached", (_attached(uid, handed.bodies[uid]) for uid in sorted(handed.bodies))
    )
    yield b"}"


def in_order(record: Record) -> list[Entry]:
    """Every entry, versions too: kind by kind, newest first."""
    found: list[Entry] = []
    for place in PLACES_IN_FORCE:
        found += _newest_first(getattr(record, place))
    return found + sorted(_newest_first(record.versions), key=lambda old: type(old).__name__)


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """By time; those of one time by their uids."""
    return sorted(sorted(entries, key=attrgetter("uid")), key=attrgetter("at"), reverse=True)


def _entry_lines(entries: list[Entry], progress: Progress) -> Iterator[bytes]:
    for number, entry in enumerate(entries):
        if number % _AT_ONCE == 0:
            progress(number, len(entries))
        yield _line(entry_values(entry))
    progress(len(entries), len(entries))


def _array(name: str, lines: Iterable[bytes]) -> Iterator[bytes]:
    begin = b',\n"' + name.encode() + b'":[\n'
    for line in lines:
        yield begin + line
        begin = b",\n"
    yield b"]" if begin == b",\n" else begin.rstrip() + b"]"


def _line(values: object) -> bytes:
    return orjson.dumps(values, option=_WRITTEN)


def _received(one: Reread) -> bytes:
    """What came from elsewhere, as it came: its text, or its bytes where they are no UTF-8."""
    body = one.original.body
    said: dict[str, object] = {"kind": one.original.kind, "uid": written_uid(one.original.uid)}
    if one.original.address:
        said["address"] = one.original.address
    try:
        said["body"] = body.decode()
    except UnicodeDecodeError:
        said["base64"] = b64encode(body).decode()
    return _line(said)


def _attached(uid: bytes, body: bytes) -> bytes:
    return _line({"uid": written_uid(uid), "base64": b64encode(body).decode()})


def _about(document: ClinicalDocument) -> dict[str, object]:
    handed, asked = document.handed, document.asked
    return {
        "number": number_text(document.number),
        "clinic": handed.clinic,
        "made_at": instant(handed.made_at),
        "author": document.author,
        "standing": document.standing,
        "standings": dict(handed.standings),
        "purpose": asked.purpose.value,
        "language": asked.language,
        "sections": sorted(handed.record.sections),
        "letter": [{"heading": part.heading, "text": part.text} for part in document.letter],
        **_dates(asked),
    }


def _dates(asked: Asked) -> dict[str, object]:
    limits = {"since": asked.since, "until": asked.until}
    return {name: instant(limit) for name, limit in limits.items() if limit is not None}


def _issuer_values(issuer: Issuer) -> dict[str, object]:
    return {
        "clinic": issuer.clinic,
        "key": issuer.key.hex(),
        "key_words": issuer.key_words,
        "log_head": b64encode(issuer.log_head).decode(),
        "vouched": [b64encode(one).decode() for one in issuer.vouched],
    }

"""MediLink's own record file, read back (docs/formats/record.md). Pure.

Reading it says nothing about who made it: that is `medilink.acts.check_document`.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from medilink.errors import FileUnreadable, MediLinkError
from medilink.fhir_names import read_uid
from medilink.people import read_medilink_id
from medilink.receiving import Original, WholePerson
from medilink.record_form import FORMAT, NotThisForm, entry_from, milliseconds, person_from

BEGINS = b'{"format":"medilink-record/'
_RECORD = b',\n"record":'
_ISSUER = b',\n"issuer":'
_ID_LIMIT = 1000  # characters of a type or address
_KIND = re.compile(r"[A-Za-z]{1,60}")


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A record file as it was read. `digest`: SHA-256 of what was signed; `proof` the text of its
    proof; `clinic` and `key`: who says to have made it."""

    person: WholePerson
    clinic: str
    key: bytes
    proof: str
    digest: bytes


def is_record_file(raw: bytes) -> bool:
    """Whether this is a file of this form."""
    return raw.startswith(BEGINS)


def signed_part(raw: bytes) -> bytes:
    """The bytes of a record file that are signed. Raises FileUnreadable."""
    begin, end = raw.find(_RECORD), raw.rfind(_ISSUER)
    if begin < 0 or end < begin:
        raise FileUnreadable(why="it is a MediLink record, but not whole. Ask for it again.")
    return raw[begin + len(_RECORD) : end]


def read_record_file(raw: bytes) -> RecordFile:
    """The person in a record file. Raises FileUnreadable."""
    try:
        whole = orjson.loads(raw)
        if whole["format"] != FORMAT:
            raise FileUnreadable(why="a newer MediLink has made it. Update MediLink first.")
        signed = signed_part(raw)
        record = orjson.loads(signed)
        return RecordFile(
            _person(record),
            _text(record["about"]["clinic"]),
            bytes.fromhex(_text(whole["issuer"]["key"])),
            _text(whole["proof"]),
            hashlib.sha256(signed).digest(),
        )
    except NotThisForm as trouble:
        raise FileUnreadable(why=str(trouble)) from trouble
    except (ValueError, KeyError, TypeError) as trouble:
        why = "it is a MediLink record, but not whole. Ask for it again."
        raise FileUnreadable(why=why) from trouble


def _person(record: Mapping[str, object]) -> WholePerson:
    person = record["patient"]
    if not isinstance(person, Mapping):
        raise NotThisForm("It does not say whom it is about.")
    try:
        details = person_from(person)
        medilink_id = read_medilink_id(_text(person["medilink_id"]))
    except MediLinkError as trouble:
        raise NotThisForm(trouble.sentence) from trouble
    entries = tuple(map(entry_from, _list(record["entries"])))
    if len({entry.uid for entry in entries}) != len(entries):
        raise NotThisForm("Two of its entries have the same mark (uid).")
    return WholePerson(
        uid=_uid(person["uid"]),
        medilink_id=medilink_id,
        registered_at=milliseconds(person["registered_at"]),
        details=details,
        entries=entries,
        originals=tuple(map(_original, _list(record["received"]))),
        bodies=dict(map(_attached, _list(record["attached"]))),
    )


def _original(said: object) -> Original:
    if not isinstance(said, Mapping) or not _KIND.fullmatch(str(said.get("kind"))):
        raise NotThisForm("Something in it that came from elsewhere cannot be read.")
    body = _text(said["body"]).encode() if "body" in said else _bytes(said["base64"])
    address = _text(said.get("address", ""))
    if len(address) > _ID_LIMIT:
        raise NotThisForm("Something in it that came from elsewhere cannot be read.")
    return Original(str(said["kind"]), _uid(said["uid"]), body, address)


def _attached(said: object) -> tuple[bytes, bytes]:
    if not isinstance(said, Mapping):
        raise NotThisForm("A document in it cannot be read.")
    return _uid(said["uid"]), _bytes(said["base64"])


def _list(found: object) -> Sequence[object]:
    if not isinstance(found, list):
        raise NotThisForm("It is a MediLink record, but not whole. Ask for it again.")
    return found


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise NotThisForm("A text in it is none.")
    return found


def _uid(found: object) -> bytes:
    uid = read_uid(found)
    if not uid:
        raise NotThisForm("Something in it has no mark of its own (uid).")
    return uid


def _bytes(found: object) -> bytes:
    try:
        return b64decode(_text(found), validate=True)
    except binascii.Error:
        raise NotThisForm("A document in it cannot be read.") from None

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

from medilink.attachments import JPEG, Attachment, check_kept
from medilink.errors import FileUnreadable, MediLinkError
from medilink.fhir_names import read_uid
from medilink.people import read_medilink_id
from medilink.person_entries import Profile
from medilink.receiving import Original, WholePerson
from medilink.record_form import FORMAT, NotThisForm, entry_from, milliseconds, person_from
from medilink.records import Document, Entry

BEGINS = b'{"format":"medilink-record/'
_HEAD = b'{"format":"' + FORMAT.encode() + b'",\n"record":'
_ABOUT, _PATIENT = b'{"about":', b',\n"patient":'
_ISSUER = b',\n"issuer":'
_LONGEST_ABOUT = 20_000_000  # bytes: a letter may be in it
_LONGEST_END = 1_000_000  # bytes: issuer, proof and seal
_NOT_WHOLE = "it is a MediLink record, but not whole. Ask for it again."
_ID_LIMIT = 1000  # characters of a type or address
_KIND = re.compile(r"[A-Za-z]{1,60}")


@dataclass(frozen=True, slots=True)
class RecordProof:
    """What a record file says of who made it. `digest`: SHA-256 of what was signed; `proof` the
    text of its proof; `clinic` and `key`: who says to have made it."""

    clinic: str
    key: bytes
    proof: str
    digest: bytes


def is_record_file(raw: bytes) -> bool:
    """Whether this is a file of this form."""
    return raw.startswith(BEGINS)


def signed_part(raw: bytes) -> bytes:
    """The bytes of a record file that are signed. Raises FileUnreadable."""
    begin, end = _signed_span(raw)
    return raw[begin:end]


def read_record_proof(raw: bytes) -> RecordProof:
    """Who signed a record file, of which no entry is read: it may be checked by anyone, and is
    believed by nobody yet. Raises FileUnreadable."""
    begin, end = _signed_span(raw)
    about_ends = raw.find(_PATIENT, begin, min(end, begin + _LONGEST_ABOUT))
    if not raw.startswith(_ABOUT, begin) or about_ends < 0 or len(raw) - end > _LONGEST_END:
        raise FileUnreadable(why=_NOT_WHOLE)
    try:
        about = orjson.loads(raw[begin + len(_ABOUT) : about_ends])
        behind = orjson.loads(b"{" + raw[end + len(b",") :])
        return RecordProof(
            _text(about["clinic"]),
            bytes.fromhex(_text(behind["issuer"]["key"])),
            _text(behind["proof"]),
            hashlib.sha256(memoryview(raw)[begin:end]).digest(),
        )
    except NotThisForm as trouble:
        raise FileUnreadable(why=str(trouble)) from trouble
    except (ValueError, KeyError, TypeError) as trouble:
        raise FileUnreadable(why=_NOT_WHOLE) from trouble


def read_record_file(raw: bytes) -> WholePerson:
    """The person in a record file. Raises FileUnreadable."""
    try:
        return _person(orjson.loads(signed_part(raw)))
    except NotThisForm as trouble:
        raise FileUnreadable(why=str(trouble)) from trouble
    except (ValueError, KeyError, TypeError) as trouble:
        raise FileUnreadable(why=_NOT_WHOLE) from trouble


def _signed_span(raw: bytes) -> tuple[int, int]:
    if is_record_file(raw) and not raw.startswith(_HEAD):
        raise FileUnreadable(why="a newer MediLink has made it. Update MediLink first.")
    end = raw.rfind(_ISSUER)
    if not raw.startswith(_HEAD) or end < len(_HEAD):
        raise FileUnreadable(why=_NOT_WHOLE)
    return len(_HEAD), end


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
    bodies = dict(map(_attached, _list(record["attached"])))
    _check_bodies(entries, bodies)
    return WholePerson(
        uid=_uid(person["uid"]),
        medilink_id=medilink_id,
        registered_at=milliseconds(person["registered_at"]),
        details=details,
        entries=entries,
        originals=tuple(map(_original, _list(record["received"]))),
        bodies=bodies,
    )


def _check_bodies(entries: Sequence[Entry], bodies: Mapping[bytes, bytes]) -> None:
    """Every picture and paper is one that an entry speaks of, and what the entry says it is."""
    papers = {one.uid: one for one in entries if isinstance(one, Document)}
    photos = {one.photo for one in entries if isinstance(one, Profile) and one.photo}
    for uid, body in bodies.items():
        paper = papers.get(uid)
        digest = hashlib.sha256(body).hexdigest()
        if (paper is None and uid.hex() not in photos) or (
            paper is not None and paper.digest not in ("", digest)
        ):
            raise NotThisForm("A document in it is not the one that belongs there.")
        try:
            check_kept(Attachment(paper.media if paper else JPEG, body))
        except MediLinkError as trouble:
            raise NotThisForm("A document in it cannot be read.") from trouble


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

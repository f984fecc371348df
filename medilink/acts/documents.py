"""Documents of a record: a picture or PDF added, opened; the patient's photo."""

from __future__ import annotations

from hashlib import sha256

from medilink.acts.once import read_once
from medilink.acts.profile import profiles_ended
from medilink.acts.read_record import may_see_document, open_record, rights_here
from medilink.acts.refusing import refusals_logged
from medilink.acts.write_record import put, right_to_write, stamp
from medilink.attachments import Attachment, check_attachment, check_photo
from medilink.audit import Act
from medilink.desk import Desk
from medilink.entering import Stamp
from medilink.errors import Missing, NoRight
from medilink.handing_out import LETTERS, PURPOSE_WORDS
from medilink.people import PatientId, tidy
from medilink.permissions import check_can_open
from medilink.person_entries import Profile
from medilink.records import Document, Section
from medilink.store import Writing
from medilink.visits import check_entry_text
from security.codes import new_uid

KIND_WORDS = (
    "Letter",
    "Test result",
    "Picture",
    "Prescription",
    "Consent",
    *(PURPOSE_WORDS[purpose] for purpose in LETTERS),
    "Other",
)
PHOTO = "photo"


def add_document(desk: Desk, patient: PatientId, *, title: str, kind: str, body: bytes) -> Document:
    """Keep a picture or PDF in the record. Raises FileTooBig, FileNotAPicture, FileHoldsAProgram,
    Missing, NoRight."""
    right = right_to_write(desk, patient, Section.DOCUMENTS)
    title = check_entry_text("Title", tidy(title))
    if not title:
        raise Missing(field="Title")
    found = check_attachment(body)
    document = _document(stamp(desk), title, kind if kind in KIND_WORDS else "Other", found)
    writing = Writing(new=[document], bodies=[(document.uid, found.body)])
    put(desk, patient, right, writing, Act.WRITE_RECORD)
    return document


def _document(made: Stamp, title: str, kind: str, found: Attachment) -> Document:
    return Document(
        uid=made.uid,
        at=made.at,
        title=title,
        kind=kind,
        media=found.media,
        size=len(found.body),
        digest=sha256(found.body).hexdigest(),
        author=made.author,
        origin=made.origin,
        doubted=made.doubted,
    )


def open_document(desk: Desk, patient: PatientId, uid: bytes) -> bytes:
    """The bytes of a document. Raises NoRight where it is not shared, NotFound."""
    with refusals_logged(desk, Act.OPEN_DOCUMENT, patient):
        right = check_can_open(rights_here(desk, patient))
        if not may_see_document(desk, right, patient, uid):
            raise NoRight
    event = desk.event(
        Act.OPEN_DOCUMENT,
        patient,
        method=right.method,
        sections={Section.DOCUMENTS},
        document=uid.hex(),
    )
    return read_once(
        desk, event, lambda audit: desk.store.records.document(patient, uid, audit=audit)
    )


def open_photo(desk: Desk, patient: PatientId, profile: Profile) -> bytes:
    """The photo a profile names, for whoever may see the profile. Raises NoRight, NotFound."""
    with refusals_logged(desk, Act.OPEN_DOCUMENT, patient):
        right = check_can_open(rights_here(desk, patient))
        seen = open_record(desk, patient, frozenset({Section.PERSON})).record.profile
        if seen is None or seen.photo != profile.photo:
            raise NoRight
    event = desk.event(
        Act.OPEN_DOCUMENT,
        patient,
        method=right.method,
        sections={Section.PERSON},
        document=PHOTO,
    )
    uid = bytes.fromhex(profile.photo)
    return read_once(
        desk, event, lambda audit: desk.store.records.document(patient, uid, audit=audit)
    )


def set_photo(desk: Desk, patient: PatientId, before: Profile | None, body: bytes) -> Profile:
    """A new photo of the patient; the profile names it. Raises as `add_document`,
    EditedMeanwhile."""
    right = right_to_write(desk, patient, Section.PERSON, Act.CHANGE_PROFILE)
    changed = profiles_ended(desk, patient, before)
    found, made = check_photo(body), stamp(desk)
    blank = Profile(uid=b"", at=0)
    photo_uid = new_uid(desk.now)
    profile = (before or blank)._replace(
        uid=made.uid,
        at=made.at,
        photo=photo_uid.hex(),
        author=made.author,
        origin=made.origin,
        doubted=made.doubted,
        replaces=before.uid if before else None,
    )
    writing = Writing(new=[profile], changed=changed, bodies=[(photo_uid, found.body)])
    put(desk, patient, right, writing, Act.CHANGE_PROFILE, fields="photo")
    return profile

"""What a FHIR Patient says beside who it is: death, language, e-mail, whom to call; and
RelatedPerson.

A part of the Patient that cannot be read is left out and named: it never costs the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from medilink.attachments import check_photo
from medilink.errors import FileHoldsAProgram, FileNotAPicture, FileTooBig
from medilink.fhir_names import CONTACT_ROLES, EMERGENCY_CONTACT, ROLES
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import called, full_name
from medilink.intake.fhir_own import own_fields
from medilink.intake.fhir_papers import bytes_of
from medilink.intake.fhir_people import country_of, phone_of
from medilink.intake.fhir_setting import Setting, begins, written
from medilink.intake.fhir_values import (
    UNDATED,
    Json,
    Wrong,
    concepts,
    first_code,
    part,
    parts,
    text,
    when,
)
from medilink.person_entries import Contact, Profile
from medilink.profile import BLOOD_TYPES, DONOR, MAIL, REACH
from medilink.receiving import Unread
from medilink.records import Alert, Entry

# The parts of a Patient that are entries of their own; contacts are numbered.
DEATH, PROFILE, PHOTO, CONTACT = "deceased", "profile", "photo", "contact"
# HL7 v3-RoleCode, as the relations people choose from (`medilink.choices`).
_RELATIONS = {
    "MTH": "mother", "FTH": "father", "WIFE": "wife", "HUSB": "husband", "DOMPART": "partner",
    "DAU": "daughter", "DAUC": "daughter", "SON": "son", "SONC": "son", "SIS": "sister",
    "BRO": "brother", "GRMTH": "grandmother", "GRFTH": "grandfather", "AUNT": "aunt",
    "UNCLE": "uncle", "GUARD": "guardian", "FRND": "friend", "NBOR": "neighbour",
}  # fmt: skip
T = TypeVar("T")


def read_beside(piece: Piece, setting: Setting) -> tuple[tuple[Entry, ...], list[Unread]]:
    """The entries a Patient gives, and what of it was left out with the reason."""
    left_out: list[Unread] = []

    def may_fail(what: str, read: Callable[[Piece, Setting], T], otherwise: T) -> T:
        try:
            return read(piece, setting)
        except Wrong as wrong:
            left_out.append(Unread(f"{piece.where}, {what}", f"{wrong} It was left empty."))
            return otherwise

    none: list[Entry] = []
    found = [
        *may_fail("deceased", _death, none),
        *may_fail("communication or e-mail", _profile, none),
        *may_fail("contact", _contacts, none),
    ]
    return tuple(found), left_out


# ---- death


def _death(piece: Piece, setting: Setting) -> list[Entry]:
    """Nobody should plan care for the dead: it stands where everyone looks first."""
    patient = piece.content
    at = when(patient, "deceasedDateTime")
    if at is None and patient.get("deceasedBoolean") is not True:
        return []
    day = text(patient, "deceasedDateTime")[:10] if at is not None else ""
    words = f"This patient has died ({day})." if day else "This patient has died."
    uid = setting.uid(piece, DEATH)
    return [Alert(uid, UNDATED if at is None else at, words, origin=setting.origin)]


# ---- what is asked once


def _profile(piece: Piece, setting: Setting) -> list[Entry]:
    told = written(piece, setting, (), ())
    own = own_fields(piece)
    said = {
        "language": _language(piece.content),
        "email": _email(piece.content),
        "pharmacy": own.get("pharmacy", ""),
        "blood": own.get("blood", ""),
        "donor": own.get("donor", ""),
        "reach": own.get("reach", ""),
        "author": own.get("author", ""),
        "photo": _photo(piece, setting),
    }
    for field, choices in (("blood", BLOOD_TYPES), ("donor", DONOR), ("reach", REACH)):
        if said[field] not in choices:
            raise Wrong(f"{field} is none that can be chosen.")
    if not any(said.values()):
        return []
    blank = Profile(uid=setting.uid(piece, PROFILE), at=told.at, origin=told.origin)
    return [cast("Any", blank)._replace(**said)]


def _language(patient: Json) -> str:
    """The BCP 47 tag of the language the patient prefers, else of the first."""
    spoken = parts(patient, "communication")
    spoken = sorted(spoken, key=lambda one: one.get("preferred") is not True)
    return next((code for one in spoken if (code := first_code(one, "language"))), "")


def _email(patient: Json) -> str:
    held = patient.get("telecom")  # broken, it is named with the phone number already
    lines = [t for t in held if isinstance(t, dict)] if isinstance(held, list) else []
    lines = [t for t in lines if t.get("system") == "email" and t.get("use") != "old"]
    mails = [text(line, "value") for line in lines]
    return next((mail for mail in mails if MAIL.fullmatch(mail)), "")


def _photo(piece: Piece, setting: Setting) -> str:
    """The uid of the first photo that can be kept, hex."""
    for sheet in parts(piece.content, "photo"):
        body = bytes_of(sheet, piece, setting)
        try:
            kept = check_photo(body).body if body else b""
        except (FileTooBig, FileNotAPicture, FileHoldsAProgram):
            continue
        if kept:
            uid = setting.uid(piece, PHOTO)
            setting.attached[uid] = kept
            return uid.hex()
    return ""


# ---- whom to call


def _contacts(piece: Piece, setting: Setting) -> list[Entry]:
    told = written(piece, setting, (), ())
    country = country_of(piece.content)
    found: list[Entry] = []
    for number, contact in enumerate(parts(piece.content, "contact"), start=1):
        name = full_name(part(contact, "name"))
        name = name or called(contact.get("organization"), piece, setting.links)
        if not name:
            continue
        found.append(
            Contact(
                uid=setting.uid(piece, f"{CONTACT} {number}"),
                at=told.at,
                name=name,
                relation=_relation(contact),
                phone=phone_of(contact, country),
                primary=_is_first(contact),
                status="ended" if part(contact, "period").get("end") else "active",
                origin=told.origin,
            )
        )
    return found


def read_related(piece: Piece, setting: Setting) -> Iterable[Contact]:
    """A RelatedPerson as somebody to call; nothing without a name. Raises Wrong."""
    content = piece.content
    name = next((full for one in parts(content, "name") if (full := full_name(one))), "")
    if not name:
        return
    told = written(piece, setting, begins(content), ())
    over = content.get("active") is False or part(content, "period").get("end")
    yield Contact(
        uid=setting.uid(piece),
        at=told.at,
        name=name,
        relation=_relation(content),
        phone=phone_of(content, country_of(content)),
        primary=_is_first(content),
        status="ended" if over else "active",
        author=told.author,
        origin=told.origin,
    )


def _relation(contact: Json) -> str:
    """The first relation that is not just "emergency contact", as it can be chosen here."""
    for said in concepts(contact, "relationship"):
        if (CONTACT_ROLES, EMERGENCY_CONTACT) in said.codings:
            continue
        chosen = [_RELATIONS[c] for s, c in said.codings if s == ROLES and c in _RELATIONS]
        return chosen[0] if chosen else said.words
    return ""


def _is_first(contact: Json) -> int:
    """1 where the sender calls this one an emergency contact."""
    roles = concepts(contact, "relationship")
    return int(any((CONTACT_ROLES, EMERGENCY_CONTACT) in role.codings for role in roles))

"""A record handed out: as a file for another clinic, or for the patient to take along."""

from __future__ import annotations

from medilink.acts.credentials import standings
from medilink.acts.log_proof import say_head
from medilink.acts.read_record import read_through, rights_here
from medilink.acts.refusing import refusals_logged
from medilink.audit import Act, LoggedRead
from medilink.desk import Desk
from medilink.errors import NotFound
from medilink.handing_out import (
    EVERYTHING_ASKED,
    Asked,
    HandedOut,
    cut_to,
    originals_within,
    wanted_of,
)
from medilink.intake.fhir_again import Reread, read_again
from medilink.people import PatientId
from medilink.permissions import Right, check_can_open
from medilink.records import Record
from medilink.scopes import ALL_SENSITIVE


def hand_out_record(
    desk: Desk,
    patient: PatientId,
    asked: Asked = EVERYTHING_ASKED,
    *,
    form: str = "FHIR R4",
) -> HandedOut:
    """Everything an export is made from: what was asked for, as far as this desk may see it.

    The right is the one that opens the record. Every call is one entry of the log, which names the
    purpose, the dates and `form`, the kind of file; nothing is read before it is written. Raises
    NoRight, NotVerified, NotSignedIn.
    """
    with refusals_logged(desk, Act.EXPORT, patient):
        right = check_can_open(rights_here(desk, patient))
    return read_for_export(desk, patient, right, asked, form)


def read_for_export(
    desk: Desk, patient: PatientId, right: Right, asked: Asked, form: str
) -> HandedOut:
    """The same by a right that was checked. For gates."""
    allowed = right.sections & asked.sections
    event = desk.event(
        Act.EXPORT,
        patient,
        method=right.method,
        sections=allowed,
        why=right.reason,
        code=right.grant.id if right.grant else "",
        form=form,
        purpose=asked.purpose,
        since="" if asked.since is None else asked.since,
        until="" if asked.until is None else asked.until,
    )
    read_too = allowed if asked.sensitive >= ALL_SENSITIVE else right.sections
    (record, sieve), logged = read_through(desk, patient, right, read_too, event)
    received, _ = desk.store.records.received(patient, audit=logged)
    read = read_again(received)
    wanted = wanted_of(record, asked)
    cut = cut_to(record, allowed, wanted)
    return HandedOut(
        record=cut,
        clinic=desk.clinic.name,
        made_at=desk.now,
        originals=originals_within(read, allowed, sieve, wanted),
        bodies=_bodies(desk, cut, logged),
        known_as=_known_as(read),
        standings=standings(desk),
        log_head=say_head(desk).raw,
    )


def _bodies(desk: Desk, record: Record, logged: LoggedRead) -> dict[bytes, bytes]:
    """The bytes of the documents and of the photo. One that is not here leaves without them."""
    wanted = [document.uid for document in record.documents]
    if record.profile and record.profile.photo:
        wanted.append(bytes.fromhex(record.profile.photo))
    found: dict[bytes, bytes] = {}
    for uid in wanted:
        try:
            found[uid], _ = desk.store.records.document(record.patient.id, uid, audit=logged)
        except NotFound:
            continue
    return found


def _known_as(read: list[Reread]) -> tuple[str, str]:
    """Address and id of the Patient other resources refer to."""
    patients = [one for one in read if one.original.kind == "Patient"]
    return (patients[0].address, patients[0].id) if patients else ("", "")

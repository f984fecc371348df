"""A record handed out: as a file for another clinic, or for the patient to take along."""

from __future__ import annotations

from medilink.acts.credentials import standings
from medilink.acts.log_proof import say_head
from medilink.acts.read_record import read_through, rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, LoggedRead, Method
from medilink.desk import Desk
from medilink.errors import Missing, NotFound
from medilink.handing_out import (
    EVERYTHING_ASKED,
    Asked,
    HandedOut,
    cut_to,
    originals_within,
    wanted_of,
)
from medilink.intake.fhir_again import Reread, read_again
from medilink.people import PatientId, read_medilink_id, tidy
from medilink.permissions import Right, Task, check_can_open
from medilink.records import Record
from medilink.scopes import ALL_SENSITIVE, EVERYTHING


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


def begin_handing_out_all(desk: Desk, form: str, why: str) -> list[PatientId]:
    """Everybody whose record is here, for an administrator who takes them all out: to move, to
    report, or because the law asks. One entry of the log says why, of which administrators are
    told; each record is one more, which its patient sees. Raises Missing, Refused."""
    check_task(desk, Task.EXPORT_ALL, Act.EXPORT_ALL)
    reason = tidy(why)
    if not reason:
        raise Missing(field="Reason")
    everybody = desk.store.patients.of_everybody()
    event = desk.event(Act.EXPORT_ALL, why=reason, form=form, patients=len(everybody))
    desk.store.log.write(event)
    return everybody


def hand_out_one_of_all(
    desk: Desk, patient: PatientId, asked: Asked, form: str, why: str
) -> HandedOut:
    """The next of them."""
    check_task(desk, Task.EXPORT_ALL, Act.EXPORT, patient)
    right = Right(Method.CLINIC, EVERYTHING, None, tidy(why))
    return read_for_export(desk, patient, right, asked, form)


def hand_out_by_id(desk: Desk, medilink_id: str, asked: Asked, form: str, why: str) -> HandedOut:
    """One record by the command line of the computer itself, whose user may take all of them.
    Raises IdUnreadable, NotFound, Missing."""
    check_task(desk, Task.EXPORT_ALL, Act.EXPORT)
    if not tidy(why):
        raise Missing(field="Reason")
    patient = desk.store.patients.by_medilink_id(read_medilink_id(medilink_id))
    if patient is None:
        raise NotFound
    return hand_out_one_of_all(desk, patient, asked, form, why)


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
    wanted = wanted_of(record, asked, sieve)
    cut = cut_to(record, allowed, wanted)
    return HandedOut(
        record=cut,
        clinic=desk.clinic.name,
        made_at=desk.now,
        originals=originals_within(read, allowed, sieve, wanted),
        bodies=_bodies(desk, cut, logged),
        known_as=_known_as(read),
        standings=_standings(desk, cut),
        log_head=say_head(desk).raw,
        whole=sieve.whole and not asked.narrowed,
        read=logged.seq,
    )


def _standings(desk: Desk, record: Record) -> dict[str, str]:
    """Of those who wrote what leaves, and of whoever makes it; not of everybody who works here."""
    wrote = {entry.author for entry in (*record.entries(), *record.versions)} | {desk.who.title}
    return {who: held for who, held in standings(desk).items() if who in wrote}


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

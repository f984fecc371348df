"""The gate to what patients of other clinics have shared here, and to visiting patients' own file.

The right is checked at every call, as at `open_record`: a share that has ended, or was withdrawn as
far as it is known, closes at the next click, and its content is erased.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.network import floor_now, network_here
from medilink.acts.once import read_once
from medilink.acts.read_record import open_identity
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.register import record_patient_is_here
from medilink.audit import Act, Method
from medilink.carrying.summary import Carried, unpack_summary
from medilink.carrying.whole import unpack_whole
from medilink.desk import Desk
from medilink.errors import NoRight
from medilink.network import Network
from medilink.offers import Terms, read_terms
from medilink.people import Patient
from medilink.permissions import Task
from medilink.records import Record
from medilink.scopes import scope_from_bits
from medilink.visiting import Mode, Visiting, VisitingState, may_read

VISITING = "visiting from another clinic"


@dataclass(frozen=True, slots=True)
class VisitingRecord:
    """What a patient of another clinic has shared here. `heard`: as of when it is known what that
    clinic's patients withdrew; None: never heard. `shortened`: it did not fit whole."""

    record: Record
    held: Visiting
    terms: Terms
    shortened: bool
    heard: int | None


def open_visiting(desk: Desk, share: bytes) -> VisitingRecord:
    """What was shared, for whoever opened it. Raises NoRight."""
    held, network = _held(desk, share)
    event = desk.event(
        Act.READ_VISITING,
        method=Method.QR,
        sections=scope_from_bits(held.scope).sections,
        share=share.hex(),
        clinic=held.clinic,
    )
    body = read_once(desk, event, lambda audit: desk.store.visiting.body(share, audit=audit))
    terms = read_terms(body)
    carried = unpack_shared(held, terms)
    return VisitingRecord(
        carried.record, held, terms, carried.shortened, network.heard_from(held.issuer)
    )


def _held(desk: Desk, share: bytes) -> tuple[Visiting, Network]:
    check_task(desk, Task.SCAN, Act.READ_VISITING)
    network = network_here(desk)
    with refusals_logged(desk, Act.READ_VISITING, method=Method.QR):
        held = desk.store.visiting.of_share(share)
        if held is None or not may_read(held, desk.who.id, floor_now(desk, network)):
            raise NoRight
    return held, network


def unpack_shared(held: Visiting, terms: Terms) -> Carried:
    """The record in what was shared. Raises PayloadUnreadable, PayloadTooNew."""
    if held.mode == Mode.WHOLE:
        return Carried(unpack_whole(terms.body), False)
    return unpack_summary(terms.body, origin=held.clinic, seed=held.share)


def visiting_here(desk: Desk) -> list[Visiting]:
    """What this provider has opened and may still read, newest first. No names."""
    check_task(desk, Task.SCAN, Act.READ_VISITING)
    return desk.store.visiting.of_account(desk.who.id, floor_now(desk, network_here(desk)))


def close_visiting(desk: Desk, share: bytes) -> None:
    """Done: what was shared is erased here now, before its time."""
    held, _ = _held(desk, share)
    event = desk.event(Act.END_VISITING, share=share.hex(), clinic=held.clinic)
    desk.store.visiting.end([share], VisitingState.ENDED, audit=event)


def erase_ended(desk: Desk) -> int:
    """Erase what has ended. Part of housekeeping; how many there were."""
    over = desk.store.visiting.of_over(desk.now)
    if not over:
        return 0
    event = desk.event(Act.END_VISITING, why="ended")
    return desk.store.visiting.end(over, VisitingState.ENDED, audit=event)


def register_visiting(desk: Desk, share: bytes) -> Patient:
    """Give a visiting patient a file here, under the MediLink ID they have at home, and record that
    they are here: what this clinic finds and does is written in it. Raises NoRight."""
    opened = open_visiting(desk, share)
    check_task(desk, Task.REGISTER, Act.REGISTER_VISITING)
    if opened.held.local is not None:
        record_patient_is_here(desk, opened.held.local, VISITING)
        return open_identity(desk, opened.held.local)
    person = opened.record.patient
    event = desk.event(Act.REGISTER_VISITING, clinic=opened.held.clinic, share=share.hex())
    patient = desk.store.patients.register_visitor(
        person, node_code=desk.clinic.node_code, audit=event
    )
    named = desk.event(Act.REGISTER_VISITING, patient.id, share=share.hex())
    desk.store.visiting.name_local(share, patient.id, audit=named)
    record_patient_is_here(desk, patient.id, VISITING)
    return patient

"""The gate to what patients of other clinics have shared here, and to visiting patients' own file.

The right is checked at every call, as at `open_record`: a share that has ended, or was withdrawn as
far as it is known, closes at the next click, and its content is erased.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from medilink.acts.network import floor_now, network_here
from medilink.acts.once import read_once
from medilink.acts.read_record import open_identity
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.register import record_patient_is_here
from medilink.audit import Act, Method
from medilink.carrying.summary import Carried, unpack_summary
from medilink.carrying.whole import unpack_whole
from medilink.desk import Desk
from medilink.errors import IdUnreadable, NoRight
from medilink.from_elsewhere import Came, what_came
from medilink.network import Network
from medilink.offers import Terms, read_terms
from medilink.people import Patient, PatientId, node_code_of, read_medilink_id
from medilink.permissions import Task
from medilink.records import Record, Section
from medilink.scopes import scope_from_bits
from medilink.visiting import Mode, Visiting, VisitingState, may_read
from security.codes import new_uid

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

    @property
    def summary(self) -> bool:
        """Whether no whole record was shared."""
        return self.held.mode is not Mode.WHOLE

    def came(self, section: Section) -> Came:
        """What came of one section."""
        return what_came(self.record, section, summary=self.summary, shortened=self.shortened)


def open_visiting(desk: Desk, key: bytes) -> VisitingRecord:
    """What was shared, for whoever opened it. Raises NoRight."""
    held, network = _held(desk, key)
    event = desk.event(
        Act.READ_VISITING,
        method=Method.QR,
        sections=scope_from_bits(held.scope).sections,
        share=held.share.hex(),
        clinic=held.clinic,
    )
    body = read_once(desk, event, lambda audit: desk.store.visiting.body(key, audit=audit))
    terms = read_terms(body)
    carried = unpack_shared(held, terms)
    return VisitingRecord(
        carried.record, held, terms, carried.shortened, network.heard_from(held.issuer)
    )


def _held(desk: Desk, key: bytes) -> tuple[Visiting, Network]:
    check_task(desk, Task.SCAN, Act.READ_VISITING)
    network = network_here(desk)
    with refusals_logged(desk, Act.READ_VISITING, method=Method.QR):
        held = desk.store.visiting.of_key(key)
        if held is None or not may_read(held, desk.who.id, floor_now(desk, network)):
            raise NoRight
    return held, network


def unpack_shared(held: Visiting, terms: Terms) -> Carried:
    """The record in what was shared. Raises PayloadUnreadable, PayloadTooNew."""
    if held.mode == Mode.WHOLE:
        return Carried(unpack_whole(terms.body), False)
    return unpack_summary(terms.body, origin=held.clinic, seed=held.share)


def shared_for(desk: Desk, patient: PatientId) -> VisitingRecord | None:
    """What a visiting patient's own clinic says, while this provider may still read it."""
    floor = floor_now(desk, network_here(desk))
    for held in desk.store.visiting.of_local(patient):
        if may_read(held, desk.who.id, floor):
            return open_visiting(desk, held.key)
    return None


@dataclass(frozen=True, slots=True)
class VisitingLine:
    """One share as it stands in a list: who it is, and whether it is less than it was to be."""

    held: Visiting
    person: Patient
    shortened: bool


def list_visiting(desk: Desk) -> list[VisitingLine]:
    """Who has shared with this provider what they may still read, by name, newest first. One entry
    in the log, as for a search of the register."""
    there = {one.key: one for one in visiting_here(desk)}
    if not there:
        return []
    event = desk.event(Act.LIST_VISITING, found=len(there))
    bodies = read_once(desk, event, lambda audit: desk.store.visiting.bodies(there, audit=audit))
    return [_as_line(held, bodies[key]) for key, held in there.items() if key in bodies]


def _as_line(held: Visiting, body: bytes) -> VisitingLine:
    carried = unpack_shared(held, read_terms(body))
    return VisitingLine(held, carried.record.patient, carried.shortened)


def visiting_here(desk: Desk) -> list[Visiting]:
    """What this provider has opened and may still read, newest first. No names."""
    check_task(desk, Task.SCAN, Act.READ_VISITING)
    return desk.store.visiting.of_account(desk.who.id, floor_now(desk, network_here(desk)))


def close_visiting(desk: Desk, key: bytes) -> None:
    """Done: what was shared is erased here now, before its time."""
    held, _ = _held(desk, key)
    event = desk.event(Act.END_VISITING, share=held.share.hex(), clinic=held.clinic)
    desk.store.visiting.end([key], VisitingState.ENDED, audit=event)


def erase_ended(desk: Desk) -> int:
    """Erase what has ended. Part of housekeeping; how many there were."""
    over = desk.store.visiting.of_over(desk.now)
    if not over:
        return 0
    event = desk.event(Act.END_VISITING, why="ended")
    return desk.store.visiting.end(over, VisitingState.ENDED, audit=event)


def register_visiting(desk: Desk, key: bytes) -> Patient:
    """Give a visiting patient a file here, under the MediLink ID they have at home, and record that
    they are here: what this clinic finds and does is written in it.

    It is the file they got here before from the same clinic, or a new one; never somebody's who is
    at home here, whatever the share says of itself. Raises NoRight.
    """
    opened = open_visiting(desk, key)
    check_task(desk, Task.REGISTER, Act.REGISTER_VISITING)
    held, person = opened.held, opened.record.patient
    local = held.local or desk.store.visiting.of_visitor(held.issuer, person.uid)
    if local is None:
        event = desk.event(Act.REGISTER_VISITING, clinic=held.clinic, share=held.share.hex())
        local = desk.store.patients.register_visitor(
            _as_visitor(desk, held, person),
            spare_uid=new_uid(desk.now),
            node_code=desk.clinic.node_code,
            audit=event,
        ).id
    if held.local is None:
        named = desk.event(Act.REGISTER_VISITING, local, share=held.share.hex())
        desk.store.visiting.name_local(key, local, audit=named)
    record_patient_is_here(desk, local, VISITING)
    return open_identity(desk, local)


def _as_visitor(desk: Desk, held: Visiting, person: Patient) -> Patient:
    """The person as they may be registered here: an id that does not carry their clinic's letters,
    or carries ours, is not taken."""
    member = network_here(desk).members.get(held.issuer)
    letters = member.says.code if member else ""
    try:
        own_id_fits = node_code_of(read_medilink_id(person.medilink_id)) == letters
    except IdUnreadable:
        own_id_fits = False
    taken = letters == desk.clinic.node_code or not own_id_fits
    return replace(person, medilink_id="" if taken else person.medilink_id)

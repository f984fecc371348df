"""A visit on its way home, where the patient was seen: what goes, whether it went, and packing it.

It goes sealed to the clinic that made the share, signed by the one that wrote it, and only where
the patient had allowed writing back, for what was done while the share lasted. `coming_home` takes
it in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from medilink.acts.network import network_for_sharing, ring_of
from medilink.acts.once import read_once
from medilink.acts.put_back import lost_there
from medilink.acts.read_record import open_record
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Outcome
from medilink.bundles import Tag, as_text
from medilink.carrying.whole import pack_whole
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import (
    MemberRemoved,
    NotAMember,
    NothingToReturn,
    NotReturnable,
)
from medilink.network import Member
from medilink.offers import GoingHome
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.records import PLACES_IN_FORCE, Entry, Record, Section, recorded_at
from medilink.scopes import scope_from_bits
from medilink.store import LogFilter
from medilink.visiting import Mode, Visiting, VisitingState
from security.codes import new_share_id

UID_BYTES = 16
RETURN_DAYS = 180  # a patient may come home months later
# What a visited clinic finds and does. Who a person is and whom to call is decided at home.
RETURNED = frozenset(Section) - {Section.PERSON, Section.CONTACTS, Section.INSURANCE}


@dataclass(frozen=True, slots=True)
class Return:
    """What the patient takes home: as codes, on paper or as a file. It opens until `ends`, in
    milliseconds."""

    text: str
    entries: int
    clinic: str
    ends: int


def can_return(desk: Desk, patient: PatientId) -> Visiting | None:
    """The newest share that lets this clinic write into a visiting patient's record at home."""
    for held in desk.store.visiting.of_local(patient):
        if held.state is not VisitingState.WITHDRAWN and scope_from_bits(held.scope).write_back:
            return held
    return None


@dataclass(frozen=True, slots=True)
class Home:
    """Where a visiting patient is at home. `goes`: what is written now, by who sits at this desk,
    may be sent there; `can_send`: something may, also of what was written before."""

    clinic: str
    goes: bool
    can_send: bool


def home_of(desk: Desk, patient: PatientId) -> Home | None:
    """What may be sent home of what is written for a patient; None for who is at home here."""
    shares = desk.store.visiting.of_local(patient)
    if not shares:
        return None
    held = can_return(desk, patient)
    goes = held is not None and desk.who.id in held.opened_by and desk.now < held.ends
    return Home((held or shares[0]).clinic, goes, held is not None)


def not_sent(desk: Desk, patient: PatientId) -> int:
    """How many entries were written for a visiting patient since they were last packed to go home;
    all of them where that clinic has lost them since. Raises NoRight."""
    held = can_return(desk, patient)
    if held is None:
        return 0
    written = _written(desk, patient, held)
    wanted = LogFilter(patient=patient, acts=frozenset({Act.MAKE_RETURN}), outcome=Outcome.DONE)
    packed = read_once(
        desk,
        desk.event(Act.READ_LOG, patient, why=Act.MAKE_RETURN),
        lambda audit: desk.store.log.list_entries(wanted, limit=1, audit=audit),
    )
    since = packed[0].at if packed else 0
    if packed and lost_there(desk, held.issuer, since):
        return len(written)
    return sum(recorded_at(entry) > since for entry in written)


def _written(desk: Desk, patient: PatientId, held: Visiting) -> list[Entry]:
    record = open_record(desk, patient).record
    authors = {found.title for who in held.opened_by if (found := desk.store.accounts.by_id(who))}
    return [one for one in record.entries() if _is_theirs(one, held, desk, authors)]


def make_return(desk: Desk, patient: PatientId) -> Return:
    """What this clinic has written for a visiting patient, for their home clinic alone.

    Raises NotReturnable, NothingToReturn, NotAMember, RemovedHere, NoRight.
    """
    check_task(desk, Task.WRITE, Act.MAKE_RETURN, patient)
    with refusals_logged(desk, Act.MAKE_RETURN, patient):
        held = can_return(desk, patient)
        if held is None:
            raise NotReturnable
        home = _member_at_home(desk, held)
        written = _written(desk, patient, held)
        if not written:
            raise NothingToReturn
        secret = desk.store.visiting.of_secret(held.key)
    body = pack_whole(_only(open_record(desk, patient).record, written))
    event = desk.event(
        Act.MAKE_RETURN, patient, entries=len(written), clinic=held.clinic, share=held.share.hex()
    )
    desk.store.log.write(event)
    now = desk.now // 1000
    ends = now + RETURN_DAYS * DAY_MS // 1000
    sealed = ring_of(desk).close(
        (home.says.sealing,),
        GoingHome(held.share, secret, body).pack(),
        mode=Mode.RETURN,
        share=new_share_id(),
        made=now,
        ends=ends,
    )
    return Return(as_text(Tag.SEALED, sealed), len(written), held.clinic, ends * 1000)


def _member_at_home(desk: Desk, held: Visiting) -> Member:
    member = network_for_sharing(desk).members.get(held.issuer)
    if member is None:
        raise NotAMember
    if member.removed_at is not None:
        raise MemberRemoved
    return member


def _is_theirs(entry: Entry, held: Visiting, desk: Desk, authors: set[str]) -> bool:
    """Whether whoever opened the share wrote this, here, while it lasted."""
    opened = held.opened_at or held.made
    here = entry.origin == desk.clinic.name and entry.author in authors
    return here and opened <= recorded_at(entry) < held.ends


def _only(record: Record, wanted: list[Entry]) -> Record:
    uids = {entry.uid for entry in wanted}
    left: dict[str, Any] = {
        place: tuple(entry for entry in getattr(record, place) if entry.uid in uids)
        for place in PLACES_IN_FORCE
    }
    return replace(record, versions=(), **left)

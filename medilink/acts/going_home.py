"""A visit written elsewhere, on its way home: made where the patient was seen, taken in at home.

It goes sealed to the clinic that made the share, signed by the one that wrote it, and is added only
where the patient had allowed writing back, for what was done while the share lasted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from medilink.acts.heard_of import opened_there
from medilink.acts.network import network_for_sharing, ring_of
from medilink.acts.open_offer import Shown, shown_envelope
from medilink.acts.read_record import open_record
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Method
from medilink.bundles import Tag, as_text
from medilink.carrying.whole import pack_whole, unpack_whole
from medilink.desk import Desk
from medilink.errors import (
    MemberRemoved,
    NotAMember,
    NothingToReturn,
    NotReturnable,
    OfferForged,
    OfferNotForUs,
)
from medilink.network import CLOCKS_DIFFER_MS, DAY_MS, Member
from medilink.offers import GoingHome, read_going_home
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.records import Entry, Record, Section, recorded_at, section_of
from medilink.scopes import scope_from_bits
from medilink.sharing import Grant, GrantKind, GrantState
from medilink.visiting import Mode, Visiting, VisitingState
from security.codes import new_share_id
from security.envelope import check_content
from security.node_keys import Unsealable

UID_BYTES = 16
RETURN_DAYS = 180  # a patient may come home months later
# What a visited clinic finds and does. Who a person is and whom to call is decided at home.
RETURNED = frozenset(Section) - {Section.PERSON, Section.CONTACTS, Section.INSURANCE}


@dataclass(frozen=True, slots=True)
class Return:
    """What the patient takes home: one code or a moving one, or a file."""

    text: str
    entries: int
    clinic: str


def can_return(desk: Desk, patient: PatientId) -> Visiting | None:
    """The newest share that lets this clinic write into a visiting patient's record at home."""
    for held in desk.store.visiting.of_local(patient):
        if held.state is not VisitingState.WITHDRAWN and scope_from_bits(held.scope).write_back:
            return held
    return None


def make_return(desk: Desk, patient: PatientId) -> Return:
    """What this clinic has written for a visiting patient, for their home clinic alone.

    Raises NotReturnable, NothingToReturn, NotAMember, RemovedHere, NoRight.
    """
    check_task(desk, Task.WRITE, Act.MAKE_RETURN, patient)
    with refusals_logged(desk, Act.MAKE_RETURN, patient):
        held = can_return(desk, patient)
        if held is None:
            raise NotReturnable
        home = _home_of(desk, held)
        record = open_record(desk, patient).record
        authors = {
            found.title for who in held.opened_by if (found := desk.store.accounts.by_id(who))
        }
        written = [one for one in record.entries() if _is_theirs(one, held, desk, authors)]
        if not written:
            raise NothingToReturn
        secret = desk.store.visiting.of_secret(held.key)
    body = pack_whole(_only(record, written))
    event = desk.event(
        Act.MAKE_RETURN, patient, entries=len(written), clinic=held.clinic, share=held.share.hex()
    )
    desk.store.log.write(event)
    now = desk.now // 1000
    sealed = ring_of(desk).close(
        (home.says.sealing,),
        GoingHome(held.share, secret, body).pack(),
        mode=Mode.RETURN,
        share=new_share_id(),
        made=now,
        ends=now + RETURN_DAYS * DAY_MS // 1000,
    )
    return Return(as_text(Tag.SEALED, sealed), len(written), held.clinic)


def _home_of(desk: Desk, held: Visiting) -> Member:
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
        for place in ENTRY_PLACES
    }
    return replace(record, versions=(), **left)


RETURNING = frozenset({GrantKind.OFFER, GrantKind.ANSWER})
MOST_ENTRIES, LONGEST_TEXT = 500, 20_000  # of one visit and what was found; characters of one text
_STATUSES = frozenset({"", "active", "resolved", "stopped", "completed", "not-done", "final"})
ENTRY_PLACES = (
    "alerts", "allergies", "conditions", "medications", "observations", "encounters",
    "immunisations", "procedures", "documents", "contacts", "coverages", "profiles",
)  # fmt: skip


# ---- at home


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came home. `new`: entries added; the rest were here already."""

    patient: PatientId
    clinic: str
    new: int
    all: int


def take_return(desk: Desk, text: str) -> TakenIn:
    """Add what another clinic has written to the record, with where it came from.

    Raises OfferNotForUs, OfferForged, NotReturnable, and what `shown_envelope` raises.
    """
    check_task(desk, Task.WRITE, Act.TAKE_RETURN)
    with refusals_logged(desk, Act.TAKE_RETURN, method=Method.QR):
        shown = shown_envelope(desk, text)
        if shown.head.mode != Mode.RETURN:
            raise OfferNotForUs
        member, plain = _opened(desk, shown)
        home = read_going_home(plain)
        grant = desk.store.grants.by_share_id(home.share)
        if grant is None or home.secret != desk.keys.share_secret(home.share):
            raise OfferForged  # a share's id is in clear: only who opened it knows its secret
    with refusals_logged(desk, Act.TAKE_RETURN, grant.patient, Method.QR):
        may = grant.kind in RETURNING and grant.state not in (GrantState.REVOKED, GrantState.BURNT)
        if not may or not grant.scope.write_back:
            raise NotReturnable
        entries = _allowed(unpack_whole(home.body), grant, member)
    event = desk.event(
        Act.TAKE_RETURN,
        grant.patient,
        method=Method.QR,
        entries=len(entries),
        clinic=member.says.name,
        share=home.share.hex(),
    )
    new = desk.store.records.take_in(grant.patient, entries, audit=event)
    opened_there(desk, grant, member.says.name)
    return TakenIn(grant.patient, member.says.name, new, len(entries))


def _opened(desk: Desk, shown: Shown) -> tuple[Member, bytes]:
    try:
        found = ring_of(desk).open(shown.envelope)
    except Unsealable as trouble:
        raise OfferNotForUs from trouble
    return shown.signed_by(lambda public: check_content(found, public))


def _allowed(record: Record, grant: Grant, member: Member) -> list[Entry]:
    """The entries a grant lets another clinic add, under that clinic's name. Raises OfferForged
    where one was written before or after, or is none that a clinic writes."""
    entries = [one for one in record.entries() if _section_returns(one)]
    earliest, latest = grant.made_at - CLOCKS_DIFFER_MS, grant.expires_at + CLOCKS_DIFFER_MS
    if len(entries) > MOST_ENTRIES or len({one.uid for one in entries}) != len(entries):
        raise OfferForged
    for one in entries:
        if not earliest <= recorded_at(one) < latest or not _is_believable(one, latest):
            raise OfferForged
    return [
        one._replace(origin=member.says.name, author=f"{one.author}, {member.says.name}"[:200])
        for one in entries
    ]


def _is_believable(entry: Entry, latest: int) -> bool:
    texts = [value for value in entry if isinstance(value, str)]
    times = [entry.at, getattr(entry, "ended_at", None) or 0, entry.recorded]
    return (
        len(entry.uid) == UID_BYTES
        and all(0 <= at < latest for at in times)
        and all(len(text) <= LONGEST_TEXT for text in texts)
        and entry.status in _STATUSES
    )


def _section_returns(entry: Entry) -> bool:
    return section_of(entry) in RETURNED

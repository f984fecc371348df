"""A visit that comes home: what another clinic has written is added to the record here, once.

It must be signed by a clinic of the network, be of a share this clinic made, and is taken in only
where the patient had allowed writing back, for what was done while the share lasted.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.going_home import RETURNED
from medilink.acts.heard_of import opened_there
from medilink.acts.network import ring_of
from medilink.acts.open_offer import Shown, shown_envelope
from medilink.acts.read_record import open_identity
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Method, Outcome
from medilink.carrying.whole import unpack_whole
from medilink.desk import Desk
from medilink.errors import NotReturnable, OfferForged, OfferNotForUs
from medilink.network import CLOCKS_DIFFER_MS, Member
from medilink.offers import read_going_home
from medilink.people import Patient, PatientId
from medilink.permissions import Task
from medilink.records import Entry, Record, recorded_at, section_of
from medilink.sharing import Grant, GrantKind, GrantState
from medilink.store import LogFilter
from medilink.visiting import Mode
from security.envelope import check_content
from security.node_keys import Unsealable

UID_BYTES = 16
LOOKED_BACK = 100  # visits that came home to one patient
RETURNING = frozenset({GrantKind.OFFER, GrantKind.ANSWER})
MOST_ENTRIES, LONGEST_TEXT = 500, 20_000  # of one visit and what was found; characters of one text
_STATUSES = frozenset({"", "active", "resolved", "stopped", "completed", "not-done", "final"})


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came home, and whose. `new`: entries added; the rest were here already. `before`: when
    this visit was last taken in, where nothing of it was new."""

    patient: Patient
    clinic: str
    new: int
    before: int | None = None


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
    before = None if new else _taken_before(desk, grant.patient, home.share)
    return TakenIn(open_identity(desk, grant.patient), member.says.name, new, before)


def _taken_before(desk: Desk, patient: PatientId, share: bytes) -> int | None:
    """When something of this share came home last. None where its entries came another way. The
    look is what is logged: nothing was written, and the patient is told nothing anew."""
    wanted = LogFilter(patient=patient, acts=frozenset({Act.TAKE_RETURN}), outcome=Outcome.DONE)
    event = desk.event(Act.SEE_RETURN_AGAIN, patient, method=Method.QR, share=share.hex())
    entries, _ = desk.store.log.list_entries(wanted, limit=LOOKED_BACK, audit=event)
    return next((one.at for one in entries if one.extra.get("share") == share.hex()), None)


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

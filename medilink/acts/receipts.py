"""Consent receipts: who was allowed what, until when and why, signed by both clinics.

A receipt is the patient's: a code or a PDF that anyone of the network can check without a
connection. The patient's clinic signs what was allowed; the other signs that it asked, or that it
opened.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.network import floor_now, network_here, own_ids
from medilink.acts.once import read_once
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import Act
from medilink.bundles import Tag, as_text, from_text, packed_statements, read_bundle
from medilink.desk import Desk
from medilink.errors import (
    NoRight,
    NotYours,
    OfferUnreadable,
    StatementForged,
    StatementUnreadable,
)
from medilink.network import Member, Network, check_said
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.sharing import GrantId
from medilink.statements import Ask, Consent, Opened, Signed
from medilink.visiting import may_read

MOST = 50


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was signed. `text` stands in a code. `consent`: what was allowed, signed by `by`; None
    in what only the other clinic has signed. `asked`: its question, where it was face to face;
    `opened`: what clinics said when they opened it, with their certified names."""

    text: str
    by: str
    consent: Consent | None = None
    asked: Ask | None = None
    asked_at: str = ""
    opened: tuple[tuple[Opened, str], ...] = ()


def my_receipts(desk: Desk, patient: PatientId | None = None) -> list[tuple[GrantId, Receipt]]:
    """What was allowed to other clinics of one's own record, newest first. Raises NotYours."""
    patient = own_record(desk, Act.SEE_CONSENTS, Task.SHARE, patient)
    network = network_here(desk)
    event = desk.event(Act.SEE_CONSENTS, patient)
    kept = read_once(
        desk,
        event,
        lambda audit: desk.store.abroad.list_consents(patient, limit=MOST, audit=audit),
    )
    return [(grant, _receipt(network, raw)) for grant, raw in kept]


def _receipt(network: Network, raw: bytes) -> Receipt:
    """A kept receipt, with what has been heard of it since."""
    said = _statements(raw)
    shares = [one.says.share for one in said if isinstance(one.says, Consent)]
    whole = [*said, *network.openings_of(shares[0])]
    return _as_receipt(network, whole, _text(whole))


def _text(said: list[Signed]) -> str:
    return as_text(Tag.RECEIPT, packed_statements([one.raw for one in said[:4]]))


def _statements(raw: bytes) -> list[Signed]:
    try:
        return read_bundle(raw)[:8]
    except StatementUnreadable as trouble:
        raise OfferUnreadable from trouble


def check_receipt(desk: Desk, text: str) -> Receipt:
    """Whether a receipt is genuine, without any connection. Anyone signed in may ask.

    Raises QrNotOurs, OfferUnreadable, StatementForged, NotAMember, MemberRemoved.
    """
    who, network = desk.who, network_here(desk)
    with refusals_logged(desk, Act.CHECK_RECEIPT, who.patient):
        said = _statements(from_text(Tag.RECEIPT, text))
        for one in said:
            check_said(one, network, desk.now)
        if not said:
            raise OfferUnreadable
        receipt = _as_receipt(network, said, text)
    desk.store.log.write(desk.event(Act.CHECK_RECEIPT, who.patient))
    return receipt


def _as_receipt(network: Network, said: list[Signed], text: str) -> Receipt:
    """The parts put together: what was allowed, or what was opened, or both. Raises StatementForged
    where they are not about the same share."""
    allowed = [one for one in said if isinstance(one.says, Consent)]
    opened = [one.says for one in said if isinstance(one.says, Opened)]
    asks = [one for one in said if isinstance(one.says, Ask)]
    consent = next((one.says for one in allowed if isinstance(one.says, Consent)), None)
    shares = {one.share for one in opened} | {one.says.share for one in allowed}  # type: ignore[union-attr]
    answers = all(consent and one.digest == consent.ask for one in asks)
    if len(allowed) + len(opened) + len(asks) != len(said) or len(shares) != 1 or not answers:
        raise StatementForged
    makers = {one.signer for one in allowed} | {one.issuer for one in opened}
    if len({min(network.known_as(one)) for one in makers}) != 1:
        raise StatementForged  # an opening of a share that another clinic has made
    signer = allowed[0] if allowed else said[0]
    return Receipt(
        text,
        _name(network.members.get(signer.signer)),
        consent,
        next((one.says for one in asks if isinstance(one.says, Ask)), None),
        _name(network.members.get(asks[0].signer)) if asks else "",
        tuple(
            (one.says, network.name_of(one.signer)) for one in said if isinstance(one.says, Opened)
        ),
    )


def _name(member: Member | None) -> str:
    return member.says.name if member else ""


def receipt_for_patient(desk: Desk, key: bytes) -> str:
    """What the patient takes home after a code was opened here: this clinic's signed word on it.

    Raises NoRight.
    """
    check_task(desk, Task.SCAN, Act.READ_VISITING)
    network = network_here(desk)
    held = desk.store.visiting.of_key(key)
    event = desk.event(Act.CHECK_RECEIPT, share=key.hex())
    with refusals_logged(desk, Act.CHECK_RECEIPT):
        if held is None or not may_read(held, desk.who.id, floor_now(desk, network)):
            raise NoRight
    own = own_ids(desk)
    for one in network.openings_of(held.share):
        if one.signer in own:
            desk.store.log.write(event)
            return as_text(Tag.RECEIPT, packed_statements([one.raw]))
    raise NotYours

"""A question and its answer, face to face: no saved code, no digits, no second use.

The provider's page shows a question with a key made for it alone; the patient's page reads it,
names who asks, and shows an answer sealed to that key. The key is in memory only and is forgotten
when the answer is open, when the question is given up, and after five minutes: a photograph of both
codes opens nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from medilink.acts.network import floor_now, network_for_sharing, ring_of
from medilink.acts.offer import (
    consent_to,
    head_of,
    offer_event,
    secret_of,
    shared_record,
    wanted_grant,
)
from medilink.acts.open_offer import keep_opened, not_withdrawn, shown_envelope
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import Act, Method
from medilink.bundles import Tag, as_text, from_text, packed_statements, read_bundle
from medilink.carrying.summary import pack_summary
from medilink.carrying.whole import pack_whole
from medilink.desk import Desk
from medilink.errors import (
    AnswerNotAwaited,
    OfferExpired,
    OfferUnreadable,
    StatementUnreadable,
    TooMuchForOneCode,
)
from medilink.network import CLOCKS_DIFFER_MS, Member, Network, check_said, network_from
from medilink.offers import Terms, read_terms, room_for_body
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.scopes import Scope, scope_bits
from medilink.sharing import DEFAULT_HOURS, Grant, GrantKind
from medilink.statements import Ask, Certificate, Signed, as_payload
from medilink.visiting import Mode, Visiting, check_times
from security.codes import new_token
from security.envelope import check_content
from security.key_ring import Use
from security.node_keys import Unsealable

ASK_MINUTES = 5
NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits. `name` is what the page keeps; `text` stands in the code."""

    name: str
    text: str
    ends: int


def ask_patient(desk: Desk) -> Asked:
    """Ask a patient of another clinic, standing here with their own screen."""
    check_task(desk, Task.SCAN, Act.ASK_PATIENT)
    network, ring, name = network_for_sharing(desk), ring_of(desk), new_token()
    ends = desk.now + ASK_MINUTES * 60_000

    def question(public: bytes) -> bytes:
        ask = Ask(
            desk.who.title[:200], desk.clinic.name[:200], public, os.urandom(NONCE_BYTES), ends
        )
        return ring.sign(as_payload(ask))

    said = desk.waiting.begin(name, ends, question)
    desk.store.log.write(desk.event(Act.ASK_PATIENT))
    certificate = network.members[ring.id_of(Use.SIGN)].raw
    return Asked(name, as_text(Tag.ASK, packed_statements([said, certificate])), ends)


def give_up_asking(desk: Desk, name: str) -> None:
    """The question is withdrawn; its key is gone."""
    desk.waiting.forget(name)


# ---- the patient's side


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: their title, and their clinic as the network's founder has certified it."""

    who: str
    clinic: str
    member: Member
    signed: Signed
    key: bytes


def read_ask(desk: Desk, text: str) -> Asker:
    """Who is asking. Raises QrNotOurs, OfferUnreadable, StatementForged, ForAnotherNetwork,
    MemberRemoved, RemovedHere, OfferExpired."""
    check_task(desk, Task.SHARE, Act.ANSWER_ASK)
    with refusals_logged(desk, Act.ANSWER_ASK, desk.who.patient):
        said, certificate = _two_statements(from_text(Tag.ASK, text))
        network = network_for_sharing(desk)
        check_said(certificate, network, desk.now)
        known = _with_certificate(network, certificate)
        check_said(said, known, desk.now)
        ask = said.says
        if not isinstance(ask, Ask) or not isinstance(certificate.says, Certificate):
            raise StatementUnreadable
        if desk.now > ask.ends + CLOCKS_DIFFER_MS:
            raise OfferExpired
        member = known.members[said.signer]
    return Asker(ask.who, member.says.name, member, said, ask.key)


def _two_statements(raw: bytes) -> tuple[Signed, Signed]:
    try:
        match read_bundle(raw):
            case [said, certificate]:
                return said, certificate
    except StatementUnreadable as trouble:
        raise OfferUnreadable from trouble
    raise OfferUnreadable


def _with_certificate(network: Network, certificate: Signed) -> Network:
    """The network, with a clinic this one has not heard of yet; never one that was removed."""
    assert isinstance(certificate.says, Certificate)  # noqa: S101 only they pass as the second
    new = network_from(network.root, [certificate])
    members = {**new.members, **network.members}
    return replace(network, members=members)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the patient's page shows, as one code or, where it is too long for one, as a moving
    code."""

    grant: Grant
    text: str
    shortened: bool
    to: str


def answer_ask(  # noqa: PLR0913 what a patient chooses, each by name
    desk: Desk,
    asker: Asker,
    scope: Scope,
    *,
    hours: int = DEFAULT_HOURS,
    whole: bool = False,
    purpose: str = "",
    patient: PatientId | None = None,
) -> Answer:
    """The answer only this question opens. `whole`: everything the scope lets through, as a moving
    code; else what matters most, in one code where it fits. Raises NotYours, NothingShared,
    RemovedHere."""
    patient = own_record(desk, Act.ANSWER_ASK, Task.SHARE, patient)
    network_for_sharing(desk)
    record = shared_record(desk, patient, scope)
    wanted = wanted_grant(
        desk, patient, scope, kind=GrantKind.ANSWER, hours=hours, single_use=True, purpose=purpose
    )
    shortened = False
    if not whole:
        try:
            packed = pack_summary(record, room_for_body(1, code=False, purpose=purpose))
            body, shortened = packed.body, packed.shortened
        except TooMuchForOneCode:
            whole = True
    if whole:
        body = pack_whole(record)
    to = f"{asker.who}, {asker.clinic}"
    consent = consent_to(desk, wanted, record, to, asker.signed.digest)
    event = offer_event(desk, wanted, hours, to)
    grant = desk.store.grants.add(
        wanted, None, consent=packed_statements([consent.raw, asker.signed.raw]), audit=event
    )
    assert grant is not None  # noqa: S101 without digits there is nothing to clash with
    terms = Terms(scope_bits(scope), True, purpose, body, secret_of(desk, wanted))
    sealed = ring_of(desk).close(
        (asker.key,),
        terms.pack(),
        mode=Mode.WHOLE if whole else Mode.ANSWER,
        context=asker.signed.digest,
        **head_of(wanted),
    )
    return Answer(grant, as_text(Tag.SEALED, sealed), shortened, to)


# ---- the provider's side again


def open_answer(desk: Desk, name: str, text: str) -> Visiting:
    """Open the answer to one's question; its key is forgotten by this. `text`: of a code, or of a
    moving code. Raises AnswerNotAwaited and what `open_offer` raises."""
    check_task(desk, Task.SCAN, Act.OPEN_OFFER)
    with refusals_logged(desk, Act.OPEN_OFFER, method=Method.QR):
        shown = shown_envelope(desk, text)
        if shown.head.mode not in (Mode.ANSWER, Mode.WHOLE):
            raise AnswerNotAwaited
        try:
            found = desk.waiting.open(name, shown.envelope, desk.now)
        except Unsealable as trouble:
            raise AnswerNotAwaited from trouble
        # Its key waits for minutes, in memory: no old answer can come, whatever the clock was.
        check_times(shown.made, shown.ends, floor_now(desk, shown.network))
        not_withdrawn(desk, shown, shown.possible)
        member, plain = shown.signed_by(lambda public: check_content(found, public))
        opened = keep_opened(desk, shown, member, plain, read_terms(plain))
    desk.waiting.forget(name)
    return opened

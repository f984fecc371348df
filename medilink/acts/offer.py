"""What a patient makes for other clinics: a saved code with its six digits.

The code is sealed to every clinic of the network, or to up to three that are named; the digits lie
inside. It is the same grant as any other code: listed, withdrawn and logged alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medilink.acts.network import network_for_sharing, network_here, own_id, ring_of, say_here
from medilink.acts.read_record import open_record
from medilink.acts.share import (
    DRAWS,
    check_not_too_many,
    no_longer_than_own_right,
    own_record,
    share_event,
)
from medilink.audit import Act, AuditEvent
from medilink.bundles import Tag, as_text, packed_statements
from medilink.carrying.summary import pack_summary
from medilink.desk import Desk
from medilink.errors import NoClinicChosen, NotAMember, NotValid
from medilink.network import Network
from medilink.offers import Terms, room_for_body
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.records import Record
from medilink.scopes import Scope, scope_bits, sieve_for
from medilink.sharing import (
    DEFAULT_HOURS,
    Grant,
    GrantKind,
    NewGrant,
    new_grant,
)
from medilink.statements import Consent, Signed
from medilink.visiting import Mode
from security.codes import new_code, new_uid

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """A code for other clinics. `code` is shown now or never again, and never beside `text`.
    `shortened`: older visits were left out to make it fit."""

    grant: Grant
    code: str
    text: str
    shortened: bool
    to: str


def make_offer(  # noqa: PLR0913 what a patient chooses, each by name
    desk: Desk,
    scope: Scope,
    *,
    hours: int = DEFAULT_HOURS,
    single_use: bool = True,
    purpose: str = "",
    clinics: Sequence[bytes] | None = None,
    patient: PatientId | None = None,
) -> MadeOffer:
    """A code another clinic opens without any connection, and its six digits.

    `clinics`: one to three, by the ids of their keys; None for every clinic of the network. Raises
    NoClinicChosen, NothingShared, NotValid, NotYours, NotAMember, TooMuchForOneCode.
    """
    patient = own_record(desk, Act.MAKE_OFFER, Task.SHARE, patient)
    network = network_for_sharing(desk)
    to, keys = recipients(network, clinics, desk.now)
    record = shared_record(desk, patient, scope)
    room = room_for_body(len(keys), code=True, purpose=purpose)
    packed = pack_summary(record, room)
    wanted = wanted_grant(
        desk, patient, scope, kind=GrantKind.OFFER, hours=hours, single_use=single_use,
        purpose=purpose,
    )  # fmt: skip
    consent = consent_to(desk, wanted, record, to)
    event = offer_event(desk, wanted, hours, to)
    grant, code = _with_code(desk, wanted, consent, event)
    terms = Terms(scope_bits(scope), single_use, purpose, packed.body, secret_of(desk, wanted))
    sealed = ring_of(desk).close(keys, terms.pack(), mode=Mode.OFFER, code=code, **head_of(wanted))
    return MadeOffer(grant, code, as_text(Tag.SEALED, sealed), packed.shortened, to)


def other_clinics(desk: Desk) -> dict[bytes, str]:
    """The other clinics of the network, by name: who may open what is shared here. Empty for a
    clinic that stands alone."""
    present = network_here(desk).present(desk.now)
    return {one.id: one.says.name for one in present if one.id != own_id(desk)}


def recipients(
    network: Network, clinics: Sequence[bytes] | None, now: int
) -> tuple[str, tuple[bytes, ...]]:
    """(who can open it, in words; their sealing keys). Raises NoClinicChosen, NotAMember,
    NotValid."""
    if clinics is None:
        epoch = network.epoch_at(now)
        if epoch is None:
            raise NotAMember
        return network.name, (epoch.public,)
    if not clinics:
        raise NoClinicChosen
    if len(clinics) > MOST_NAMED:
        raise NotValid
    present = {member.id: member.says for member in network.present(now)}
    if not set(clinics) <= present.keys():
        raise NotAMember
    named = [present[one] for one in clinics]
    return ", ".join(one.name for one in named), tuple(one.sealing for one in named)


def shared_record(desk: Desk, patient: PatientId, scope: Scope) -> Record:
    """What a scope lets through of one's own record."""
    whole = open_record(desk, patient).record
    return sieve_for([scope], whole).through(whole, scope.sections)


def wanted_grant(  # noqa: PLR0913 what makes a grant, each by name
    desk: Desk,
    patient: PatientId,
    scope: Scope,
    *,
    kind: GrantKind,
    hours: int,
    single_use: bool,
    purpose: str,
) -> NewGrant:
    """A grant for other clinics, no longer than whoever gives it may decide. Raises NotValid."""
    check_not_too_many(desk, patient)
    wanted = new_grant(
        uid=new_uid(desk.now), patient=patient, scope=scope, hours=hours, single_use=single_use,
        purpose=purpose, now=desk.now,
    )  # fmt: skip
    return no_longer_than_own_right(desk, replace(wanted, kind=kind))


def secret_of(desk: Desk, wanted: NewGrant) -> bytes:
    """What only this clinic and whoever opens the share will know of it."""
    return desk.keys.share_secret(wanted.share_id)


def head_of(wanted: NewGrant) -> dict[str, object]:
    """What of a grant stands in an envelope's head, times in seconds."""
    return {
        "share": wanted.share_id,
        "made": wanted.made_at // 1000,
        "ends": wanted.expires_at // 1000,
    }


def consent_to(desk: Desk, wanted: NewGrant, record: Record, to: str, ask: bytes = b"") -> Signed:
    """What the patient has allowed, signed by this clinic."""
    return say_here(
        desk,
        Consent(
            wanted.share_id,
            record.patient.medilink_id,
            desk.clinic.name[:200],
            to[:200],
            scope_bits(wanted.scope),
            wanted.made_at,
            wanted.expires_at,
            wanted.purpose,
            ask,
        ),
    )


def offer_event(
    desk: Desk, wanted: NewGrant, hours: int, to: str, act: Act = Act.MAKE_OFFER
) -> AuditEvent:
    """The log's entry for a share that leaves this clinic."""
    return share_event(desk, wanted, act, hours=hours, once=wanted.single_use, to=to)


def _with_code(
    desk: Desk, wanted: NewGrant, consent: Signed, event: AuditEvent
) -> tuple[Grant, str]:
    for _ in range(DRAWS):
        code = new_code()
        lookup = desk.keys.code_lookup(code)
        kept = packed_statements([consent.raw])
        grant = desk.store.grants.add(wanted, lookup, consent=kept, audit=event)
        if grant:
            return grant, code
    raise NotValid

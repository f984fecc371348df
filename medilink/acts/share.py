"""What a patient does with codes: make one, see everything that is shared, withdraw it.

Permissions without a code are in `medilink.acts.standing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medilink.acts.read_record import rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, AuditEvent
from medilink.desk import Desk
from medilink.errors import NotValid, NotYours, SharedTooOften
from medilink.people import AccountId, PatientId
from medilink.permissions import Task, may_write
from medilink.records import Section
from medilink.scopes import Scope
from medilink.sharing import (
    ACTIVE_CODES_PER_PATIENT,
    DAY_HOURS,
    DEFAULT_HOURS,
    HOUR_MS,
    REVOCABLE,
    SHARES_PER_DAY,
    Grant,
    GrantId,
    GrantState,
    NewGrant,
    new_grant,
    qr_text,
    state_at,
)
from security.codes import new_code, new_uid

QR_CONTEXT = b"grant"
DRAWS = 100  # with 1,000 active codes one draw in a thousand clashes


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A new code, in its two faces. Neither is kept: shown now or never again."""

    grant: Grant
    code: str
    qr: str


def own_record(desk: Desk, act: Act, task: Task, patient: PatientId | None) -> PatientId:
    """The record a patient may decide about: one's own (None), or a child's one is guardian of.

    Raises Refused, NotYours.
    """
    check_task(desk, task, act, patient)
    wanted = patient or desk.who.patient
    with refusals_logged(desk, act, wanted):
        if wanted is None or not may_write(rights_here(desk, wanted), own=True):
            raise NotYours
    return wanted


def make_share_code(  # noqa: PLR0913 what a patient chooses, each by name
    desk: Desk,
    shared: Scope | frozenset[Section],
    *,
    hours: int = DEFAULT_HOURS,
    single_use: bool = True,
    purpose: str = "",
    patient: PatientId | None = None,
) -> MadeCode:
    """A code and QR that open what is `shared` of one's own record, or of the child `patient`.
    Sections alone leave out the sensitive categories.

    Raises NothingShared, WritesUnwarned, NotValid, NotYours.
    """
    patient = own_record(desk, Act.SHARE, Task.SHARE, patient)
    scope = shared if isinstance(shared, Scope) else Scope(shared)
    check_not_too_many(desk, patient)
    wanted = new_grant(
        uid=new_uid(desk.now),
        patient=patient,
        scope=scope,
        hours=hours,
        single_use=single_use,
        purpose=purpose,
        now=desk.now,
    )
    wanted = no_longer_than_own_right(desk, wanted)
    event = share_event(desk, wanted, hours=hours, once=single_use)
    for _ in range(DRAWS):
        code = new_code()
        grant = desk.store.grants.add(wanted, desk.keys.code_lookup(code), audit=event)
        if grant:
            token = desk.keys.seal_token(grant.uid, QR_CONTEXT)
            return MadeCode(grant, code, qr_text(token))
    raise NotValid


def check_not_too_many(desk: Desk, patient: PatientId) -> None:
    """Raise NotValid where a record is shared as often as it may be, SharedTooOften where it was
    within a day."""
    if len(my_codes(desk, patient)) >= ACTIVE_CODES_PER_PATIENT:
        raise NotValid
    if desk.store.grants.of_made_since(patient, desk.now - DAY_HOURS * HOUR_MS) >= SHARES_PER_DAY:
        raise SharedTooOften(limit=SHARES_PER_DAY)


def no_longer_than_own_right(desk: Desk, wanted: NewGrant) -> NewGrant:
    """A guardian gives no permission that outlasts their own."""
    ends = [right.until for right in rights_here(desk, wanted.patient) if right.until is not None]
    return replace(wanted, expires_at=min([wanted.expires_at, *ends]))


def share_event(desk: Desk, wanted: NewGrant, act: Act = Act.SHARE, **said: object) -> AuditEvent:
    """The log's entry of a permission. How many sensitive categories, not which: the log is read by
    others too."""
    scope = wanted.scope
    return desk.event(
        act,
        wanted.patient,
        sections=scope.sections,
        why=wanted.purpose,
        kind=wanted.kind.value,
        sensitive=len(scope.sensitive),
        dated=int(scope.since is not None or scope.until is not None),
        writes=int(scope.write_back),
        **said,  # type: ignore[arg-type]
    )


def my_codes(desk: Desk, patient: PatientId | None = None) -> list[Grant]:
    """Every permission on one's own record, or a child's, that can still open something, of all
    kinds, newest first."""
    patient = own_record(desk, Act.SEE_SHARES, Task.SHARE, patient)
    return desk.store.grants.of_patient(patient, desk.now)


def who_is_named(desk: Desk, grants: Iterable[Grant]) -> dict[AccountId, str]:
    """What to call the accounts that opened grants or are named in them. For whoever gave them."""
    check_task(desk, Task.SHARE, Act.SEE_SHARES)
    wanted = {account for grant in grants for account in (*grant.opened_by, grant.to_account)}
    found = (desk.store.accounts.by_id(account) for account in wanted if account is not None)
    return {account.id: account.title for account in found if account}


def revoke_code(desk: Desk, grant: GrantId) -> bool:
    """Withdraw a permission of any kind at once, also from whoever has opened it. False when it had
    ended already.

    Raises NotYours for somebody else's.
    """
    check_task(desk, Task.SHARE, Act.REVOKE)
    held = desk.store.grants.by_id(grant)
    with refusals_logged(desk, Act.REVOKE, desk.who.patient):
        if held is None:
            raise NotYours
    patient = own_record(desk, Act.REVOKE, Task.SHARE, held.patient)
    if state_at(held, desk.now) not in REVOCABLE:
        return False
    event = desk.event(
        Act.REVOKE, patient, sections=held.sections, code=grant, kind=held.kind.value
    )
    return desk.store.grants.set_state(grant, GrantState.REVOKED, audit=event)

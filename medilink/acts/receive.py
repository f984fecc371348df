"""What a provider does with a code or QR: open what the patient has shared.

A typed code is counted as a try, and the count is committed, before it is compared with anything;
so neither parallel tries nor pulling the plug gains one. A scanned QR is no guess and is not
counted. What was saved for other clinics opens here too, at the clinic that made it.
"""

from __future__ import annotations

from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import QR_CONTEXT
from medilink.acts.sign_in import LONGEST_WAIT_MS, must_wait
from medilink.audit import Act, Method, Outcome
from medilink.desk import Desk
from medilink.errors import (
    CodeUsed,
    CodeWrong,
    IdNeeded,
    OfferNeedsCode,
    QrOtherClinic,
    TooManyTries,
)
from medilink.people import PatientId, read_medilink_id
from medilink.permissions import Task
from medilink.sharing import (
    TRIES_BEFORE_ID,
    Grant,
    GrantKind,
    GrantState,
    check_can_redeem,
    looks_like_code,
    read_qr_text,
    state_at,
)
from medilink.store_sharing import TriedCodes
from security.subkeys import TokenUnreadable

SLOWED_FROM = 5  # wrong codes in a row of one account, after which waiting begins
NODE_SLOWED_FROM = 30  # wrong codes in a row of all accounts together


def open_share(desk: Desk, scanned: str) -> PatientId:
    """Open what a scanned or typed text gives: a QR of ours, or six digits.

    Raises a ShareRefused that says why not; every refusal is in the log.
    """
    code = looks_like_code(scanned)
    return open_with_code(desk, code) if code else open_with_qr(desk, scanned.strip())


def open_with_qr(desk: Desk, text: str) -> PatientId:
    """Open the grant of a scanned QR. Raises QrNotOurs, QrOtherClinic, ShareRefused."""
    check_task(desk, Task.SCAN, Act.REDEEM)
    with refusals_logged(desk, Act.REDEEM, method=Method.QR):
        token = read_qr_text(text)
        try:
            uid = desk.keys.open_token(token, QR_CONTEXT)
        except TokenUnreadable as foreign:
            raise QrOtherClinic from foreign
        grant = desk.store.grants.by_uid(uid)
        if grant is None:
            raise QrOtherClinic
    return _redeem(desk, grant, Method.QR)


def open_with_code(desk: Desk, code: str, medilink_id: str = "") -> PatientId:
    """Open the grant of a typed code. Raises IdUnreadable, TooManyTries, IdNeeded, ShareRefused."""
    check_task(desk, Task.SCAN, Act.REDEEM)
    named = bool(medilink_id.strip())
    patient = _patient_named(desk, medilink_id)
    _count(desk, patient, named=named)
    with refusals_logged(desk, Act.REDEEM, patient, Method.CODE):
        grant = None
        if patient is not None or not named:
            grant = desk.store.grants.by_code(desk.keys.code_lookup(code), patient)
        if grant is None:
            raise CodeWrong
    opened = _redeem(desk, grant, Method.CODE)
    _take_back(desk, patient)
    return opened


def open_own_offer(desk: Desk, share: bytes, typed: str) -> PatientId:
    """Open, at the clinic that made it, a code that was saved for other clinics: the same grant,
    the same digits. Raises QrOtherClinic, OfferNeedsCode, TooManyTries, ShareRefused."""
    check_task(desk, Task.SCAN, Act.REDEEM)
    grant = desk.store.grants.by_share_id(share)
    code = looks_like_code(typed)
    with refusals_logged(desk, Act.REDEEM, grant.patient if grant else None, Method.QR):
        if grant is None:
            raise QrOtherClinic
        check_can_redeem(grant, desk.who.id, desk.now)
        if grant.kind is not GrantKind.OFFER:
            raise QrOtherClinic
        if code is None:
            raise OfferNeedsCode
    _count(desk, grant.patient, named=True)
    with refusals_logged(desk, Act.REDEEM, grant.patient, Method.CODE):
        found = desk.store.grants.by_code(desk.keys.code_lookup(code or ""), grant.patient)
        if found is None or found.id != grant.id:
            raise CodeWrong
    opened = _redeem(desk, grant, Method.QR)
    _take_back(desk, grant.patient)
    return opened


def _take_back(desk: Desk, patient: PatientId | None) -> None:
    right = desk.event(Act.TRY_CODE, patient, outcome=Outcome.DONE, method=Method.CODE)
    desk.store.grants.take_back_try(desk.who.id, patient, audit=right)


def _patient_named(desk: Desk, medilink_id: str) -> PatientId | None:
    if not medilink_id.strip():
        return None
    return desk.store.patients.by_medilink_id(read_medilink_id(medilink_id))


def _count(desk: Desk, patient: PatientId | None, *, named: bool) -> None:
    """Refuse who must wait; count the try; refuse who must name the patient.

    The numbers are read again after counting: of parallel tries, each sees at least its own.
    """
    grants, who = desk.store.grants, desk.who.id
    with refusals_logged(desk, Act.REDEEM, patient, Method.CODE):
        before = check_may_try(desk)
        event = desk.event(Act.TRY_CODE, patient, outcome=Outcome.COUNTED, method=Method.CODE)
        wait_until = desk.now + wait_after(before.account_wrong + 1)
        grants.count_try(who, patient, wait_until, audit=event)
        tried = grants.of_tries(who)
        often = tried.account_wrong > TRIES_BEFORE_ID or tried.node_wrong > NODE_SLOWED_FROM
        if often and not named:
            raise IdNeeded


def check_may_try(desk: Desk) -> TriedCodes:
    """The wrong tries so far. Raises TooManyTries for an account that must wait."""
    before = desk.store.grants.of_tries(desk.who.id)
    if must_wait(desk.now, before.wait_until):
        raise TooManyTries(seconds=(before.wait_until - desk.now) // 1000 + 1)
    return before


def wait_after(wrong: int) -> int:
    """How long an account waits after so many wrong codes in a row, in milliseconds: none up to
    four, then 2, 4, 8 … seconds up to 15 minutes."""
    if wrong < SLOWED_FROM:
        return 0
    return int(min(1000 * 2 ** min(wrong - SLOWED_FROM + 1, 20), LONGEST_WAIT_MS))


def _redeem(desk: Desk, grant: Grant, method: Method) -> PatientId:
    """Take the grant for the account at this desk. Raises the ShareRefused of its state.

    That a grant is over is written down when it is first seen: it stays over, whatever the clock
    says after the next start.
    """
    expired = GrantState.EXPIRED
    if state_at(grant, desk.now) is expired and grant.state is not expired:
        desk.store.grants.expire(desk.now, audit=desk.event(Act.EXPIRE))
    with refusals_logged(desk, Act.REDEEM, grant.patient, method):
        check_can_redeem(grant, desk.who.id, desk.now)
        event = desk.event(
            Act.REDEEM,
            grant.patient,
            method=method,
            sections=grant.sections,
            why=grant.purpose,
            code=grant.id,
        )
        if desk.who.id in grant.opened_by:
            desk.store.log.write(event)
            return grant.patient
        won = desk.store.grants.redeem(grant.id, desk.who.id, desk.now, audit=event)
        if not won:
            now_held = desk.store.grants.by_uid(grant.uid)
            check_can_redeem(now_held, desk.who.id, desk.now)
            raise CodeUsed
    return grant.patient

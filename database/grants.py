"""Grants, the tries at their codes, and care relations.

Redeeming is one compare-and-set inside the writer's transaction: of any number of parallel tries
exactly one wins a single-use code. Tries are counted in a transaction of their own, committed
before anything is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    desc,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from database.abroad import keep_consent
from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import check_stands
from database.schema import access_grant, care, code_tries, grant_opening
from database.statement import Statement
from medilink.audit import AuditEvent
from medilink.people import AccountId, PatientId
from medilink.permissions import CareRelation
from medilink.scopes import scope_bits, scope_from_bits
from medilink.sharing import (
    CLOCK_SLACK_MS,
    FOLLOWS,
    TRIES_PER_GRANT,
    Grant,
    GrantId,
    GrantKind,
    GrantState,
    NewGrant,
)
from medilink.store_sharing import TriedCodes

NODE = 0
QUIET_MS = 12 * 3_600_000  # after so long without a wrong code, counting begins anew
_COLUMNS = [c for c in access_grant.c if c.name != "code_lookup"]
_LIVE = (GrantState.ACTIVE.value, GrantState.USED.value)
_OPENINGS = Statement(
    select(grant_opening.c.account_id).where(grant_opening.c.grant_id == bindparam("grant"))
)
_TAKE = Statement(
    update(access_grant)
    .where(
        access_grant.c.id == bindparam("wanted"),
        access_grant.c.state == GrantState.ACTIVE.value,
        access_grant.c.expires_at > bindparam("now"),
    )
    .values(state=bindparam("new_state"))
)
_OPEN = Statement(
    insert(grant_opening).values(
        {name: bindparam(name) for name in ("grant_id", "account_id", "at")}
    )
)
_BY_CODE = Statement(
    select(*_COLUMNS)
    .where(access_grant.c.code_lookup == bindparam("lookup"))
    .order_by(access_grant.c.state != GrantState.ACTIVE.value, desc(access_grant.c.id))
    .limit(20)
)
_CARE = Statement(
    select(care.c.since, care.c.until, care.c.reason).where(
        care.c.patient_id == bindparam("patient"),
        care.c.account_id == bindparam("account"),
        care.c.until > bindparam("now"),
    )
)
_OF_PROVIDER = Statement(
    select(*_COLUMNS)
    .outerjoin(
        grant_opening,
        (grant_opening.c.grant_id == access_grant.c.id)
        & (grant_opening.c.account_id == bindparam("account")),
    )
    .where(
        access_grant.c.patient_id == bindparam("patient"),
        or_(*(access_grant.c.state == state for state in _LIVE)),
        access_grant.c.expires_at > bindparam("now"),
        or_(
            grant_opening.c.account_id.is_not(None),
            access_grant.c.to_account == bindparam("account"),
            access_grant.c.kind == GrantKind.CLINIC.value,
        ),
    )
)
_SINGLE_USE = Statement(
    select(access_grant.c.single_use).where(access_grant.c.id == bindparam("wanted"))
)
_TRIES = Statement(
    select(code_tries.c.account_id, code_tries.c.wrong, code_tries.c.wait_until).where(
        (code_tries.c.account_id == NODE) | (code_tries.c.account_id == bindparam("account"))
    )
)
_FIRST_TRY = upsert(code_tries).values(
    account_id=bindparam("account_id"), wrong=1, wait_until=bindparam("wait_until")
)
# Counted anew after a quiet time: `wait_until` is never before the moment of the try.
_COUNT_TRY = Statement(
    _FIRST_TRY.on_conflict_do_update(
        index_elements=["account_id"],
        set_={
            "wrong": case(
                (code_tries.c.wait_until < bindparam("quiet_since"), 1),
                else_=code_tries.c.wrong + 1,
            ),
            "wait_until": _FIRST_TRY.excluded.wait_until,
        },
    )
)
_UNCOUNT_TRY = Statement(
    update(code_tries)
    .where((code_tries.c.account_id == NODE) | (code_tries.c.account_id == bindparam("account")))
    .where(code_tries.c.wrong > 0)
    .values(wrong=code_tries.c.wrong - 1, wait_until=bindparam("then"))
)
_UNCOUNT_ON_GRANTS = Statement(
    update(access_grant)
    .where(access_grant.c.patient_id == bindparam("patient"), access_grant.c.tries > 0)
    .values(tries=access_grant.c.tries - 1)
)
_NEW_CARE = upsert(care).values({c.name: bindparam(c.name) for c in care.c})
_START_CARE = Statement(
    _NEW_CARE.on_conflict_do_update(
        index_elements=["patient_id", "account_id"],
        set_={name: _NEW_CARE.excluded[name] for name in ("since", "until", "reason")},
    )
)


def _over(now: int) -> ColumnElement[bool]:
    """As `medilink.sharing.state_at` says it: the time is over, or has not begun."""
    return (access_grant.c.expires_at <= now) | (access_grant.c.made_at > now + CLOCK_SLACK_MS)


def _grant(row: Sequence[Any], opened_by: tuple[AccountId, ...]) -> Grant:
    return Grant(
        id=GrantId(row[0]),
        uid=row[1],
        patient=PatientId(row[2]),
        scope=scope_from_bits(row[3], row[10], row[11]),
        single_use=bool(row[4]),
        purpose=row[5],
        made_at=row[6],
        expires_at=row[7],
        state=GrantState(row[8]),
        tries=row[9],
        opened_by=opened_by,
        kind=GrantKind(row[12]),
        to_account=None if row[13] is None else AccountId(row[13]),
    )


def _whole(connection: Connection, row: Sequence[Any]) -> Grant:
    openings = _OPENINGS.run(connection, grant=row[0]).scalars()
    return _grant(row, tuple(AccountId(account) for account in openings))


class Grants:
    """Implements medilink.store.GrantStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def add(
        self,
        new: NewGrant,
        code_lookup: bytes | None,
        *,
        consent: bytes | None = None,
        audit: AuditEvent,
    ) -> Grant | None:
        values = {
            "uid": new.uid,
            "patient_id": new.patient,
            "code_lookup": code_lookup,
            "scope": scope_bits(new.scope),
            "since": new.scope.since,
            "until": new.scope.until,
            "kind": new.kind.value,
            "to_account": new.to_account,
            "share_id": new.share_id,
            "single_use": int(new.single_use),
            "purpose": new.purpose,
            "made_at": new.made_at,
            "expires_at": new.expires_at,
            "state": GrantState.ACTIVE.value,
            "tries": 0,
        }
        over = (access_grant.c.state == GrantState.ACTIVE.value) & (
            access_grant.c.expires_at <= new.made_at
        )
        try:
            with self._log.transaction(audit) as connection:
                check_stands(connection, new.patient)
                connection.execute(
                    update(access_grant).where(over).values(state=GrantState.EXPIRED.value)
                )
                row = connection.execute(
                    insert(access_grant).values(values).returning(*_COLUMNS)
                ).one()
                if consent is not None:
                    keep_consent(connection, row[0], new.patient, consent)
        except IntegrityError:
            if code_lookup is None:
                raise
            return None
        return _grant(row, ())

    def of_patient(self, patient: PatientId, now: int) -> list[Grant]:
        live = (
            (access_grant.c.patient_id == patient) & access_grant.c.state.in_(_LIVE) & ~_over(now)
        )
        return self._list(live)

    def of_made_since(self, patient: PatientId, since: int) -> int:
        lately = (access_grant.c.patient_id == patient) & (access_grant.c.made_at > since)
        with self._file.reading() as connection:
            count = select(func.count()).select_from(access_grant).where(lately)
            return int(connection.execute(count).scalar_one())

    def _list(self, wanted: Any) -> list[Grant]:
        newest = select(*_COLUMNS).where(wanted).order_by(desc(access_grant.c.id))
        with self._file.reading() as connection:
            return [_whole(connection, row) for row in connection.execute(newest).all()]

    def by_code(self, code_lookup: bytes, patient: PatientId | None) -> Grant | None:
        with self._file.reading() as connection:
            for row in _BY_CODE.run(connection, lookup=code_lookup).all():
                if patient is None or row[2] == patient:
                    return _whole(connection, row)
        return None

    def by_uid(self, uid: bytes) -> Grant | None:
        found = self._list(access_grant.c.uid == uid)
        return found[0] if found else None

    def by_id(self, grant: GrantId) -> Grant | None:
        found = self._list(access_grant.c.id == grant)
        return found[0] if found else None

    def by_share_id(self, share_id: bytes) -> Grant | None:
        found = self._list(access_grant.c.share_id == share_id)
        return found[0] if found else None

    def of_tries(self, account: AccountId) -> TriedCodes:
        with self._file.reading() as connection:
            rows = _TRIES.run(connection, account=account).all()
        wrong = {row[0]: row[1] for row in rows}
        return TriedCodes(
            account_wrong=wrong.get(account, 0),
            node_wrong=wrong.get(NODE, 0),
            wait_until=max((row[2] for row in rows), default=0),
        )

    def count_try(
        self, account: AccountId, patient: PatientId | None, wait_until: int, *, audit: AuditEvent
    ) -> None:
        with self._log.transaction(audit) as connection:
            for number, wait in ((account, wait_until), (NODE, 0)):
                _COUNT_TRY.run(
                    connection,
                    account_id=number,
                    wait_until=max(wait, audit.at),
                    quiet_since=audit.at - QUIET_MS,
                )
            if patient is not None:
                _count_on_grants(connection, patient)

    def redeem(self, grant: GrantId, account: AccountId, now: int, *, audit: AuditEvent) -> bool:
        with self._file.reading() as connection:
            single = _SINGLE_USE.run(connection, wanted=grant).scalar_one()
        after = GrantState.USED if single else GrantState.ACTIVE
        won = False
        try:
            with self._log.transaction(audit) as connection:
                taken = _TAKE.run(connection, wanted=grant, now=now, new_state=after.value)
                if taken.rowcount != 1:
                    raise _NotFirst
                known = set(_OPENINGS.run(connection, grant=grant).scalars())
                if account not in known:
                    _OPEN.run(connection, grant_id=grant, account_id=account, at=now)
                won = True
        except _NotFirst:
            return False
        return won

    def take_back_try(
        self, account: AccountId, patient: PatientId | None, *, audit: AuditEvent
    ) -> None:
        with self._log.transaction(audit) as connection:
            _UNCOUNT_TRY.run(connection, account=account, then=audit.at)
            if patient is not None:
                _UNCOUNT_ON_GRANTS.run(connection, patient=patient)

    def expire(self, now: int, *, audit: AuditEvent) -> int:
        over = access_grant.c.state.in_(_LIVE) & _over(now)
        with self._file.reading() as connection:
            if connection.execute(select(access_grant.c.id).where(over).limit(1)).first() is None:
                return 0
        with self._log.transaction(audit) as connection:
            ended = update(access_grant).where(over).values(state=GrantState.EXPIRED.value)
            return int(connection.execute(ended).rowcount)

    def set_state(self, grant: GrantId, state: GrantState, *, audit: AuditEvent) -> bool:
        before = [old.value for old, after in FOLLOWS.items() if state in after]
        same = (access_grant.c.id == grant) & access_grant.c.state.in_(before)
        try:
            with self._log.transaction(audit) as connection:
                change = update(access_grant).where(same).values(state=state.value)
                if connection.execute(change).rowcount != 1:
                    raise _NotFirst
        except _NotFirst:
            return False
        return True

    def start_care(self, relation: CareRelation, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            check_stands(connection, relation.patient)
            _START_CARE.run(
                connection,
                patient_id=relation.patient,
                account_id=relation.account,
                since=relation.since,
                until=relation.until,
                reason=relation.reason,
            )


def grants_of_provider(
    connection: Connection, account: AccountId, patient: PatientId, now: int
) -> list[Grant]:
    """The grants of a patient that a provider has opened, or that are meant for them."""
    rows = _OF_PROVIDER.run(connection, account=account, patient=patient, now=now).all()
    return [_whole(connection, row) for row in rows]


def care_of(
    connection: Connection, account: AccountId, patient: PatientId, now: int
) -> CareRelation | None:
    """Whether a patient is in a provider's care now."""
    row = _CARE.run(connection, account=account, patient=patient, now=now).first()
    return CareRelation(patient, account, row[0], row[1], row[2]) if row else None


class _NotFirst(Exception):
    """The row was no longer in the state it had to be in: roll the transaction back."""


def _count_on_grants(connection: Connection, patient: PatientId) -> None:
    """One more try on every active code of a patient; at the limit they are switched off. What has
    no code cannot be guessed and stays."""
    mine = (
        (access_grant.c.patient_id == patient)
        & (access_grant.c.state == GrantState.ACTIVE.value)
        & access_grant.c.code_lookup.is_not(None)
    )
    connection.execute(update(access_grant).where(mine).values(tries=access_grant.c.tries + 1))
    spent = mine & (access_grant.c.tries > TRIES_PER_GRANT)
    connection.execute(update(access_grant).where(spent).values(state=GrantState.BURNT.value))

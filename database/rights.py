"""By what right somebody may open a record: codes, care, emergency, guardianship, in one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, desc, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from database.engine import StoreFile
from database.grants import care_of, grants_of_provider
from database.log import LogKeeper
from database.patients import check_stands
from database.schema import (
    access_grant,
    care,
    clinic,
    emergency_access,
    grant_opening,
    guardian,
    patient,
)
from database.statement import Statement
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.errors import AlreadySaid, EditedMeanwhile, NotFound
from medilink.family import Guardianship, Relation, grown_up_at
from medilink.people import Account, AccountId, PatientId, Role
from medilink.permissions import EmergencyAccess, Held
from medilink.sharing import GrantState

_EMERGENCY = [emergency_access.c[name] for name in (
    "id", "patient_id", "account_id", "since", "until", "reason", "reviewed_at", "reviewed_by",
    "verdict", "note",
)]  # fmt: skip
_EMERGENCY_NOW = Statement(
    select(*_EMERGENCY)
    .where(
        emergency_access.c.patient_id == bindparam("patient"),
        emergency_access.c.account_id == bindparam("account"),
        emergency_access.c.until > bindparam("now"),
    )
    .order_by(desc(emergency_access.c.until))
    .limit(1)
)
_GUARDED = Statement(
    select(patient.c.birth_date, guardian.c.adult_age, clinic.c.adult_age)
    .select_from(guardian.join(patient, patient.c.id == guardian.c.child_id).join(
        clinic, clinic.c.id == 1))
    .where(
        guardian.c.child_id == bindparam("child"),
        guardian.c.guardian_id == bindparam("guardian"),
        guardian.c.ended_at.is_(None),
    )
)  # fmt: skip
_LINK = [guardian.c[name] for name in (
    "id", "child_id", "guardian_id", "relation", "since", "ended_at", "adult_age")]  # fmt: skip


def _take_over(
    connection: Connection, number: PatientId, taker: AccountId, until: int, now: int
) -> None:
    held = upsert(care).values(
        patient_id=number, account_id=taker, since=now, until=until, reason=""
    )
    connection.execute(
        held.on_conflict_do_update(
            index_elements=["patient_id", "account_id"],
            set_={"until": func.max(care.c.until, until)},
        )
    )


LIVE = (GrantState.ACTIVE.value, GrantState.USED.value)


class Rights:
    """Implements medilink.store.RightStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_account(self, who: Account, wanted: PatientId, now: int) -> Held:
        with self._file.reading() as connection:
            if who.role is Role.PATIENT:
                return Held(guards_until=_guards_until(connection, who, wanted))
            if who.role is not Role.PROVIDER:
                return Held()
            found = _EMERGENCY_NOW.run(connection, patient=wanted, account=who.id, now=now).first()
            return Held(
                grants=tuple(grants_of_provider(connection, who.id, wanted, now)),
                care=care_of(connection, who.id, wanted, now),
                emergency=EmergencyAccess(*found) if found else None,
            )

    def of_patients(self, who: AccountId, now: int) -> dict[PatientId, int]:
        mine = select(care.c.patient_id, care.c.until).where(
            (care.c.account_id == who) & (care.c.until > now)
        )
        shared = (
            select(access_grant.c.patient_id, access_grant.c.expires_at)
            .join(grant_opening, grant_opening.c.grant_id == access_grant.c.id)
            .where(
                (grant_opening.c.account_id == who)
                & access_grant.c.state.in_(LIVE)
                & (access_grant.c.expires_at > now)
            )
        )
        standing = select(access_grant.c.patient_id, access_grant.c.expires_at).where(
            (access_grant.c.to_account == who)
            & access_grant.c.state.in_(LIVE)
            & (access_grant.c.expires_at > now)
        )
        found: dict[PatientId, int] = {}
        with self._file.reading() as connection:
            for row in connection.execute(mine.union_all(shared, standing).limit(200)):
                number = PatientId(row[0])
                found[number] = max(row[1], found.get(number, 0))
        return found

    def of_care(self, who: AccountId, now: int) -> dict[PatientId, int]:
        mine = select(care.c.patient_id, care.c.until).where(
            (care.c.account_id == who) & (care.c.until > now)
        )
        with self._file.reading() as connection:
            return {PatientId(row[0]): row[1] for row in connection.execute(mine)}

    def hand_over(
        self,
        giver: AccountId,
        taker: AccountId,
        in_care: dict[PatientId, int],
        now: int,
        *,
        audit: Sequence[AuditEvent],
    ) -> None:
        with self._log.transaction(*audit) as connection:
            for number, until in in_care.items():
                _take_over(connection, number, taker, until, now)
            connection.execute(
                update(care)
                .where((care.c.account_id == giver) & care.c.patient_id.in_(in_care))
                .values(until=now)
            )

    # ---- emergencies

    def open_in_emergency(self, access: EmergencyAccess, *, audit: AuditEvent) -> None:
        values = {
            "patient_id": access.patient,
            "account_id": access.account,
            "since": access.since,
            "until": access.until,
            "reason": access.reason,
        }
        with self._log.transaction(audit) as connection:
            check_stands(connection, access.patient)
            connection.execute(insert(emergency_access).values(values))

    def list_to_review(
        self, *, limit: int, audit: Evidence
    ) -> tuple[list[EmergencyAccess], LoggedRead]:
        number, reviewed = emergency_access.c.id, emergency_access.c.reviewed_at
        open_ = select(*_EMERGENCY).where(reviewed.is_(None)).order_by(number)
        done = select(*_EMERGENCY).where(reviewed.is_not(None)).order_by(desc(number))
        with self._log.reading(audit, None) as (connection, seq):
            rows = [*connection.execute(open_), *connection.execute(done.limit(limit))]
        return [EmergencyAccess(*row) for row in rows], LoggedRead(seq)

    def review(
        self, number: int, verdict: str, note: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        same = (emergency_access.c.id == number) & emergency_access.c.reviewed_at.is_(None)
        values = {"reviewed_at": audit.at, "reviewed_by": by, "verdict": verdict, "note": note}
        with self._log.transaction(audit) as connection:
            changed = connection.execute(update(emergency_access).where(same).values(values))
            if changed.rowcount != 1:
                raise EditedMeanwhile(theirs=None)

    def by_number(self, number: int) -> EmergencyAccess:
        wanted = select(*_EMERGENCY).where(emergency_access.c.id == number)
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound
        return EmergencyAccess(*row)

    # ---- guardians

    def link_guardian(self, link: Guardianship, *, audit: AuditEvent) -> None:
        values = {
            "child_id": link.child,
            "guardian_id": link.guardian,
            "relation": link.relation.value,
            "since": link.since,
            "adult_age": link.adult_age,
        }
        with self._log.transaction(audit) as connection:
            for person in (link.child, link.guardian):
                check_stands(connection, person)
            known = _GUARDED.run(connection, child=link.child, guardian=link.guardian).first()
            if known:
                raise AlreadySaid
            connection.execute(insert(guardian).values(values))

    def by_link(self, number: int) -> Guardianship:
        with self._file.reading() as connection:
            found = _links(connection, guardian.c.id == number)
        if not found:
            raise NotFound
        return found[0]

    def end_guardian(self, link: Guardianship, *, audit: AuditEvent) -> None:
        same = (guardian.c.id == link.id) & guardian.c.ended_at.is_(None)
        grant = access_grant
        live = (grant.c.patient_id == link.child) & grant.c.state.in_(LIVE)
        with self._log.transaction(audit) as connection:
            ended = connection.execute(update(guardian).where(same).values(ended_at=audit.at))
            if ended.rowcount != 1:
                raise EditedMeanwhile(theirs=None)
            connection.execute(update(grant).where(live).values(state=GrantState.REVOKED.value))

    def list_guardians(
        self, child: PatientId, *, audit: Evidence
    ) -> tuple[list[Guardianship], LoggedRead]:
        with self._log.reading(audit, child) as (connection, seq):
            return _links(connection, guardian.c.child_id == child), LoggedRead(seq)

    def list_children(
        self, of: PatientId, *, audit: Evidence
    ) -> tuple[list[Guardianship], LoggedRead]:
        with self._log.reading(audit, of) as (connection, seq):
            return _links(connection, guardian.c.guardian_id == of), LoggedRead(seq)


def _links(connection: Connection, condition: Any) -> list[Guardianship]:
    current = select(*_LINK).where(condition & guardian.c.ended_at.is_(None))
    return [
        Guardianship(row[0], row[1], row[2], Relation(row[3]), row[4], row[5], row[6])
        for row in connection.execute(current.order_by(guardian.c.id))
    ]


def _guards_until(connection: Connection, who: Account, wanted: PatientId) -> int | None:
    if who.patient is None or who.patient == wanted:
        return None
    row = _GUARDED.run(connection, child=wanted, guardian=who.patient).first()
    if row is None:
        return None
    birth_date, then, now = row
    return grown_up_at(birth_date, min(then or now, now))

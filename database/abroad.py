"""What became elsewhere of what patients of this clinic have shared."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, desc, insert, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import access_grant
from database.schema_abroad import consent
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.people import PatientId
from medilink.sharing import GrantId, GrantKind, GrantState
from medilink.statements import MOST_ITEMS

_WITHDRAWN = (GrantState.REVOKED.value, GrantState.BURNT.value)


class Abroad:
    """Implements medilink.store_network.AbroadStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_withdrawn(self, now: int, kinds: Collection[GrantKind]) -> list[bytes]:
        left = access_grant.c.kind.in_([kind.value for kind in kinds])
        gone = left & access_grant.c.state.in_(_WITHDRAWN) & (access_grant.c.expires_at > now)
        last = select(access_grant.c.share_id).where(gone).order_by(desc(access_grant.c.expires_at))
        with self._file.reading() as connection:
            return list(connection.execute(last.limit(MOST_ITEMS)).scalars())

    def of_consents(self, grants: Collection[GrantId]) -> dict[GrantId, bytes]:
        given = consent.c.grant_id.in_(list(grants))
        wanted = select(consent.c.grant_id, consent.c.raw).where(given)
        with self._file.reading() as connection:
            return {GrantId(row[0]): row[1] for row in connection.execute(wanted).all()}

    def used_elsewhere(self, grant: GrantId, *, audit: AuditEvent) -> None:
        single = (
            (access_grant.c.id == grant)
            & (access_grant.c.single_use == 1)
            & (access_grant.c.state == GrantState.ACTIVE.value)
        )
        with self._log.transaction(audit) as connection:
            connection.execute(
                update(access_grant).where(single).values(state=GrantState.USED.value)
            )

    def list_consents(
        self, patient: PatientId, *, limit: int, audit: Evidence
    ) -> tuple[list[tuple[GrantId, bytes]], LoggedRead]:
        newest = (
            select(consent.c.grant_id, consent.c.raw)
            .where(consent.c.patient_id == patient)
            .order_by(desc(consent.c.grant_id))
            .limit(limit)
        )
        with self._log.reading(audit, patient) as (connection, seq):
            rows = connection.execute(newest).all()
        return [(GrantId(row[0]), row[1]) for row in rows], LoggedRead(seq)


def keep_consent(connection: Connection, grant: int, patient: int, raw: bytes) -> None:
    """What a patient has allowed, in the transaction of the grant."""
    connection.execute(insert(consent).values(grant_id=grant, patient_id=patient, raw=raw))

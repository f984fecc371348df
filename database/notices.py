"""Notices: entries of the log that are somebody's business, and what of them has been read.

Two indexes make the question cheap however long the log is: entries by patient, and a partial one
over the few acts that staff are told of.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, desc, insert, literal_column, select, update

from database.engine import StoreFile
from database.log import LogKeeper, entry_columns
from database.schema import account, notice_read
from database.schema_log import TOLD_TO_STAFF, audit_log
from medilink.audit import AuditEntry, AuditEvent, ChainedRow, Evidence, LoggedRead, open_entry
from medilink.notices import TO_PATIENTS, Kind, Seen, acts_told_to
from medilink.people import Account, AccountId, PatientId


class Notices:
    """Implements medilink.store.NoticeStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_account(self, who: AccountId) -> Seen:
        kept = select(account.c.notices_read, account.c.muted).where(account.c.id == who)
        ones = select(notice_read.c.seq).where(notice_read.c.account_id == who)
        with self._file.reading() as connection:
            row = connection.execute(kept).first()
            single = frozenset(connection.execute(ones).scalars())
        if row is None:
            return Seen()
        return Seen(row[0], single, frozenset(Kind(kind) for kind in row[1].split(",") if kind))

    def list_told(
        self,
        who: Account,
        children: frozenset[PatientId] = frozenset(),
        *,
        after: int,
        limit: int,
        audit: Evidence,
    ) -> tuple[list[AuditEntry], LoggedRead]:
        newest = (
            select(*entry_columns())
            .where(_told(who, children) & (audit_log.c.seq > after))
            .order_by(desc(audit_log.c.seq))
            .limit(limit)
        )
        with self._log.reading(audit, who.patient) as (connection, seq):
            rows = connection.execute(newest).all()
        return [open_entry(ChainedRow(*row)) for row in rows], LoggedRead(seq)

    def mark_read(
        self, who: AccountId, *, up_to: int, ones: frozenset[int], audit: AuditEvent
    ) -> None:
        with self._log.transaction(audit) as connection:
            same = account.c.id == who
            connection.execute(update(account).where(same).values(notices_read=up_to))
            for seq in ones:
                values = {"account_id": who, "seq": seq}
                connection.execute(insert(notice_read).prefix_with("OR IGNORE").values(values))

    def switch_off(self, who: AccountId, muted: frozenset[Kind], *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            words = ",".join(sorted(muted))
            connection.execute(update(account).where(account.c.id == who).values(muted=words))


def _told(who: Account, children: frozenset[PatientId]) -> ColumnElement[bool]:
    if who.patient is None:
        acts = audit_log.c.act.in_(sorted(act.value for act in acts_told_to(who.role)))
        return literal_column(TOLD_TO_STAFF) & acts  # the very words of the partial index
    acts = audit_log.c.act.in_([act.value for act in TO_PATIENTS])
    others = audit_log.c.account.is_distinct_from(who.id)
    return audit_log.c.patient.in_([who.patient, *sorted(children)]) & acts & others

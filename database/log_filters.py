"""Filters of the log that administrators have kept: one row each, in nobody's record."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema_log import log_filter
from medilink.audit import AuditEvent
from medilink.errors import NotFound
from medilink.people import AccountId
from medilink.store_log import KeptFilter


class LogFilters:
    """Implements medilink.store_log.FilterStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_account(self, who: AccountId) -> list[KeptFilter]:
        mine = select(log_filter.c.name, log_filter.c.body).where(log_filter.c.account_id == who)
        with self._file.reading() as connection:
            rows = connection.execute(mine.order_by(log_filter.c.name))
            return [KeptFilter(*row) for row in rows]

    def keep(self, who: AccountId, kept: KeptFilter, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            connection.execute(delete(log_filter).where(_is(who, kept.name)))
            values = {"account_id": who, "name": kept.name, "body": kept.body}
            connection.execute(insert(log_filter).values(values))

    def drop(self, who: AccountId, name: str, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            if connection.execute(delete(log_filter).where(_is(who, name))).rowcount != 1:
                raise NotFound


def _is(who: AccountId, name: str):  # type: ignore[no-untyped-def]
    return (log_filter.c.account_id == who) & (log_filter.c.name == name)

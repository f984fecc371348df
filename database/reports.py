"""Monthly reports: one row a month, written once."""

from __future__ import annotations

from sqlalchemy import desc, insert, select

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema_log import monthly_report
from medilink.audit import AuditEvent
from medilink.errors import AlreadySaid, NotFound
from medilink.store_log import KeptReport

_KEPT = [monthly_report.c[name] for name in ("month", "made_at", "body")]


class Reports:
    """Implements medilink.store_log.ReportStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_months(self) -> dict[str, int]:
        months = select(monthly_report.c.month, monthly_report.c.made_at)
        with self._file.reading() as connection:
            rows = connection.execute(months.order_by(desc(monthly_report.c.month)))
            return {row.month: row.made_at for row in rows}

    def by_month(self, month: str) -> KeptReport:
        wanted = select(*_KEPT).where(monthly_report.c.month == month)
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound
        return KeptReport(*row)

    def keep(self, report: KeptReport, *, audit: AuditEvent) -> None:
        values = {"month": report.month, "made_at": report.made_at, "body": report.body}
        same = select(monthly_report.c.month).where(monthly_report.c.month == report.month)
        with self._log.transaction(audit) as connection:
            if connection.execute(same).first():
                raise AlreadySaid
            connection.execute(insert(monthly_report).values(values))

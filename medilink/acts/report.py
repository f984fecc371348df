"""Compliance reports: made for a period when an administrator asks, and for every month by itself.

A report checks the whole log first. What is kept of it is numbers, so that it can be read in any
language; it lies in the encrypted store (docs/decisions/022).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from medilink.acts.drill import last_drill
from medilink.acts.log_parts import archived_parts, newest_head_line
from medilink.acts.log_proof import verify_log
from medilink.acts.look_back import every_entry
from medilink.acts.refusing import check_task
from medilink.audit import Act, LoggedRead
from medilink.compliance import (
    Backups,
    Integrity,
    Report,
    Tally,
    count_entries,
    report_as_text,
    report_from_text,
)
from medilink.credentials import judge
from medilink.desk import Desk
from medilink.log_check import Head
from medilink.people import Role
from medilink.periods import (
    Period,
    day_here,
    month_after,
    month_before,
    month_name,
    month_named,
    month_of,
)
from medilink.permissions import Task
from medilink.store import LogFilter
from medilink.store_log import KeptReport

CAUGHT_UP = timedelta(days=365)  # a laptop that was off for longer does not write years of reports


def make_report(desk: Desk, period: Period, outside: Head | None) -> Report:
    """A report about a period, with a check of the whole log against the head kept `outside`.
    Every entry is read, so that it takes seconds in a long log. For administrators.

    Raises LogBeingChecked.
    """
    logged, integrity = _begin(desk, period, outside)
    return _report(desk, period, integrity, logged)


def keep_monthly_report(desk: Desk, outside: Head | None) -> str | None:
    """Write the report of the oldest month that lacks one; its name, None where none is due. Part
    of the housekeeping: a laptop that was off catches up. Nothing under a clock in doubt."""
    month = _month_due(desk)
    if month is None:
        return None
    logged, integrity = _begin(desk, month, outside)
    report = _report(desk, month, integrity, logged)
    name = month_name(month)
    event = desk.event(Act.MAKE_REPORT, month=name)
    kept = KeptReport(name, report.made_at, report_as_text(report))
    desk.store.reports.keep(kept, audit=event)
    return name


def kept_reports(desk: Desk) -> dict[str, int]:
    """The months that have a report, newest first, and when each was written. For
    administrators."""
    check_task(desk, Task.READ_LOG, Act.MAKE_REPORT)
    return desk.store.reports.of_months()


def open_kept_report(desk: Desk, month: str) -> Report:
    """The report of a month as it was written. Raises NotFound."""
    check_task(desk, Task.READ_LOG, Act.EXPORT_LOG)
    kept = desk.store.reports.by_month(month)
    desk.store.log.write(desk.event(Act.EXPORT_LOG, report=month))
    return report_from_text(kept.body)


def _month_due(desk: Desk) -> Period | None:
    if desk.doubted:
        return None
    this = month_of(day_here(desk.now))
    kept = desk.store.reports.of_months()
    if kept:
        wanted = month_after(month_named(next(iter(kept))))
    else:
        oldest = desk.store.log_archive.of_oldest(1)
        wanted = month_before(this) if oldest and oldest[0].at < this.since else this
    longest = month_of(this.first - CAUGHT_UP)
    wanted = max(wanted, longest, key=lambda month: month.first)
    return wanted if wanted.first < this.first else None


def _begin(desk: Desk, period: Period, outside: Head | None) -> tuple[LoggedRead, Integrity]:
    check_task(desk, Task.READ_LOG, Act.MAKE_REPORT)
    verdict = verify_log(desk, outside)
    first, last = period.first.isoformat(), period.last.isoformat()
    logged = LoggedRead(desk.store.log.write(desk.event(Act.MAKE_REPORT, first=first, last=last)))
    line, parts = newest_head_line(desk), archived_parts(desk)
    return logged, Integrity(verdict.checked, verdict.broken_at, verdict.why, line, parts)


def _report(desk: Desk, period: Period, integrity: Integrity, logged: LoggedRead) -> Report:
    wanted = LogFilter(since=period.since, until=period.until, before_seq=logged.seq, archive=True)
    waiting, _ = desk.store.rights.list_to_review(limit=0, audit=logged)
    return Report(
        clinic=desk.clinic.name,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        made_at=desk.now,
        made_by=desk.who.title,
        counts=count_entries(every_entry(desk, wanted, logged)),
        integrity=integrity,
        waiting=len(waiting),
        credentials=_credentials(desk),
        backups=backups_here(desk),
    )


def _credentials(desk: Desk) -> Tally:
    """How many of those who treat patients stand where, today."""
    held, today = desk.store.credentials.of_everyone(), desk.clock().date()
    standings = Counter(
        (judge(held[account.id][0] if account.id in held else None, today).value,)
        for account in desk.store.accounts.list_staff()
        if Role.PROVIDER in account.roles and not account.disabled
    )
    return tuple(sorted(standings.items()))


def backups_here(desk: Desk) -> Backups | None:
    """What is known of backups and of restoring them, which is how each is checked. None: there is
    none yet."""
    whole = [row for row in desk.store.backups.of_backups() if row.digest]
    if not whole:
        return None
    tried = max(last_drill(desk) or 0, *(row.verified_at or 0 for row in whole))
    return Backups(len(whole), whole[0].at, tried or None)

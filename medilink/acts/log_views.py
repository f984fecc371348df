"""An administrator's own ways to look at the log: filters that are kept, and what they find as a
file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from medilink.acts.look_back import every_entry, filters_said, filters_set
from medilink.acts.refusing import check_task
from medilink.audit import Act, AuditEntry, LoggedRead
from medilink.desk import Desk
from medilink.errors import Missing, TooManyFilters
from medilink.log_views import LogView, view_as_text, view_from_text
from medilink.people import check_line, tidy
from medilink.permissions import Task
from medilink.store import LogFilter
from medilink.store_log import KeptFilter

MOST_FILTERS = 30  # more are not found again in a list
LONGEST_NAME = 60


def kept_views(desk: Desk) -> dict[str, LogView]:
    """The filters this administrator has kept, by name."""
    check_task(desk, Task.READ_LOG, Act.KEEP_FILTER)
    held = desk.store.log_filters.of_account(desk.who.id)
    return {kept.name: view_from_text(kept.body) for kept in held}


def keep_view(desk: Desk, name: str, view: LogView) -> None:
    """Keep a filter under a name, instead of one of the same name. Raises Missing, TooLong,
    TooManyFilters."""
    check_task(desk, Task.READ_LOG, Act.KEEP_FILTER)
    name = tidy(name)
    if not name:
        raise Missing(field="Name of the filter")
    check_line("Name of the filter", name, LONGEST_NAME)
    held = kept_views(desk)
    if name not in held and len(held) >= MOST_FILTERS:
        raise TooManyFilters(limit=MOST_FILTERS)
    kept = KeptFilter(name, view_as_text(view))
    desk.store.log_filters.keep(desk.who.id, kept, audit=desk.event(Act.KEEP_FILTER))


def drop_view(desk: Desk, name: str) -> None:
    """Delete a kept filter. Raises NotFound."""
    check_task(desk, Task.READ_LOG, Act.KEEP_FILTER)
    event = desk.event(Act.KEEP_FILTER, deleted=1)
    desk.store.log_filters.drop(desk.who.id, name, audit=event)


def export_entries(desk: Desk, wanted: LogFilter) -> tuple[int, Iterator[AuditEntry]]:
    """Every entry that is wanted, newest first and one by one, and how many there are; the log
    says how many left. For administrators."""
    check_task(desk, Task.READ_LOG, Act.EXPORT_LOG, wanted.patient)
    wanted = replace(wanted, before_seq=desk.store.log.head().seq + 1)
    filtered, to = filters_set(wanted), filters_said(wanted)
    counting = desk.event(Act.READ_LOG, wanted.patient, filtered=filtered, to=to)
    logged = LoggedRead(desk.store.log.write(counting))
    count = sum(1 for _ in every_entry(desk, wanted, logged))
    event = desk.event(Act.EXPORT_LOG, wanted.patient, entries=count, filtered=filtered, to=to)
    logged = LoggedRead(desk.store.log.write(event))
    return count, every_entry(desk, wanted, logged)

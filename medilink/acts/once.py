"""Reads are logged once: a page that redraws the same view does not count as another access."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.desk import Desk, SeenRead

Found = TypeVar("Found")
SAME_VIEW_MS = 10 * 60_000
VIEWS_KEPT = 300


def read_once(
    desk: Desk, event: AuditEvent, read: Callable[[Evidence], tuple[Found, LoggedRead]]
) -> Found:
    """What `read` finds, with `event` logged unless the same view, or a wider
    one, was logged within ten minutes."""
    view = (event.session, event.act, event.patient, event.method, event.extra)
    before = desk.seen.get(view)
    if before and 0 <= event.at - before.at < SAME_VIEW_MS and event.sections <= before.sections:
        return read(before.entry)[0]
    found, logged = read(event)
    if len(desk.seen) >= VIEWS_KEPT:
        desk.seen.clear()
    desk.seen[view] = SeenRead(event.at, event.sections, logged)
    return found

"""Reads are logged once: a page that redraws the same view does not count as another access."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from medilink.audit import AuditEvent, LoggedRead
from medilink.desk import Desk
from medilink.store import Evidence

Found = TypeVar("Found")
SAME_VIEW_MS = 10 * 60_000
VIEWS_KEPT = 300


def read_once(
    desk: Desk, event: AuditEvent, read: Callable[[Evidence], tuple[Found, LoggedRead]]
) -> Found:
    """What `read` finds, with `event` logged unless the same view was within ten minutes."""
    view = (event.session, event.act, event.patient, event.method, event.sections, event.extra)
    at, logged = desk.seen.get(view, (0, None))
    if logged is not None and 0 <= event.at - at < SAME_VIEW_MS:
        return read(logged)[0]
    found, logged = read(event)
    if len(desk.seen) >= VIEWS_KEPT:
        desk.seen.clear()
    desk.seen[view] = (event.at, logged)
    return found

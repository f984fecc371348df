"""What somebody should hear of: listed, read, switched off."""

from __future__ import annotations

from collections.abc import Collection

from medilink.acts.family import my_children
from medilink.acts.once import read_once
from medilink.audit import Act
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.notices import ALWAYS_ON, Kind, Notice, notices_for

SHOWN = 100
RESTORE_TOLD_DAYS = 90  # whoever was away for longer finds it among the notices
COUNTED = 100  # "more than 99" is all a badge says


def my_notices(desk: Desk, *, limit: int = SHOWN) -> list[Notice]:
    """The newest notices of whoever is at this desk, read ones too. Raises NotSignedIn."""
    return _notices(desk, after=0, limit=limit)


def count_unread(desk: Desk) -> int:
    """How many notices are new, at most `COUNTED`."""
    seen = desk.store.notices.of_account(desk.who.id)
    return sum(not notice.read for notice in _notices(desk, after=seen.up_to, limit=COUNTED))


def unread_of_restore(desk: Desk) -> Notice | None:
    """That the records came out of a backup, for somebody of the staff who has not read it; None
    where there is nothing to tell."""
    restored = desk.store.backups.of_restorations()
    if not restored or desk.now - restored[0].at > RESTORE_TOLD_DAYS * DAY_MS:
        return None
    seen = desk.store.notices.of_account(desk.who.id)
    unread = _notices(desk, after=seen.up_to, limit=SHOWN)
    return next((one for one in unread if one.entry.act == Act.RESTORE and not one.read), None)


def _notices(desk: Desk, *, after: int, limit: int) -> list[Notice]:
    who = desk.who
    children = frozenset(patient.id for _, patient in my_children(desk))
    event = desk.event(Act.READ_NOTICES, who.patient)
    entries = read_once(
        desk,
        event,
        lambda audit: desk.store.notices.list_told(
            who, children, after=after, limit=limit, audit=audit
        ),
    )
    return notices_for(who, entries, desk.store.notices.of_account(who.id), children)


def mark_read(desk: Desk, notices: Collection[Notice]) -> None:
    """These were read. Everything up to the newest, where they are all there is to read."""
    seen = desk.store.notices.of_account(desk.who.id)
    ones = frozenset(notice.entry.seq for notice in notices)
    event = desk.event(Act.READ_NOTICES, desk.who.patient, marked=len(ones))
    desk.store.notices.mark_read(desk.who.id, up_to=seen.up_to, ones=ones, audit=event)


def mark_all_read(desk: Desk, shown: Collection[Notice]) -> None:
    """Everything up to the newest of these was read; what came in meanwhile was not."""
    newest = max((notice.entry.seq for notice in shown), default=0)
    event = desk.event(Act.READ_NOTICES, desk.who.patient, marked="all")
    desk.store.notices.mark_read(desk.who.id, up_to=newest, ones=frozenset(), audit=event)


def switched_off(desk: Desk) -> frozenset[Kind]:
    """The headings somebody does not want to hear of."""
    return desk.store.notices.of_account(desk.who.id).muted


def switch_off(desk: Desk, muted: Collection[Kind]) -> None:
    """Hear no more under these headings; an emergency is always told."""
    kept = frozenset(muted) - ALWAYS_ON
    event = desk.event(Act.CHANGE_NOTICES, desk.who.patient, off=", ".join(sorted(kept)))
    desk.store.notices.switch_off(desk.who.id, kept, audit=event)

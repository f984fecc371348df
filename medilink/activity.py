"""What people did in a period, counted from the log: every figure is a recount of its entries.

Pure: entries come in the order of the log and each is looked at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple

from medilink.audit import Act, Method, Outcome
from medilink.days import DAY_MS
from medilink.people import AccountId, PatientId
from medilink.unusual.hours import WEEKS_KNOWN, came_when_closed, note_work
from medilink.unusual.lookups import WROTE
from medilink.unusual.memory import Memory, local_time

WRITES = frozenset({Act.WRITE_RECORD, Act.AMEND})
# So far before a period the log is read, to know when the clinic is usually at work.
HOURS_LEARNT_MS = (WEEKS_KNOWN + 1) * 7 * DAY_MS


class Done(NamedTuple):
    """One entry of the log without its personal detail. `doubted`: the clock could not be
    believed."""

    seq: int
    at: int
    act: str
    outcome: str
    account: AccountId | None
    patient: PatientId | None
    method: str
    doubted: bool


@dataclass(slots=True)
class Activity:
    """What one person did. `opened` counts openings of records by the right used, `closed` entries
    made when the clinic is usually closed (none while that is not known)."""

    acts: int = 0
    days: set[date] = field(default_factory=set)
    patients: set[PatientId] = field(default_factory=set)
    opened: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    exports: int = 0
    searches: int = 0
    refusals: int = 0
    closed: int = 0

    @property
    def closed_percent(self) -> int:
        """Out of a hundred acts, how many while the clinic is usually closed."""
        return round(100 * self.closed / self.acts) if self.acts else 0


def summarise(
    entries: Iterable[Done], staff: Iterable[AccountId], since: int, zone: tzinfo | None = None
) -> dict[AccountId, Activity]:
    """Everybody's activity from `since` on; earlier entries only tell the clinic's hours."""
    found = {account: Activity() for account in staff}
    hours = Memory()
    for entry in entries:
        if entry.account is None or entry.account not in found:
            continue
        closed = False
        if not entry.doubted:
            if entry.act in WROTE and entry.outcome == Outcome.DONE:
                note_work(hours, entry.at, zone)
            closed = came_when_closed(hours, entry.account, entry.at, zone)
        if entry.at >= since:
            _count(found[entry.account], entry, closed, zone)
    return found


def _count(activity: Activity, entry: Done, closed: bool, zone: tzinfo | None) -> None:
    activity.acts += 1
    activity.closed += closed
    activity.days.add(local_time(entry.at, zone).date())
    if entry.outcome == Outcome.REFUSED:
        activity.refusals += 1
    if entry.outcome != Outcome.DONE:
        return
    if entry.act == Act.OPEN_RECORD:
        activity.opened[entry.method or Method.NONE] += 1
        if entry.patient is not None:
            activity.patients.add(entry.patient)
    activity.writes += entry.act in WRITES
    activity.exports += entry.act == Act.EXPORT
    activity.searches += entry.act == Act.FIND_PATIENT

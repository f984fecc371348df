"""How an administrator looks at the log: a filter that can be kept, applied again and read back.

Of people it holds numbers, never names. "The last 7 days" stays the last 7 days when it is used
again next month. Pure.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from medilink.audit import Act, Outcome
from medilink.people import AccountId, PatientId
from medilink.periods import days_between, midnight
from medilink.store import LogFilter

ALL_TIME, FROM_TO = 0, -1  # beside these, a number of days
PRESET_DAYS = (1, 7, 30, ALL_TIME, FROM_TO)


@dataclass(frozen=True, slots=True)
class LogView:
    """What is looked for; empty fields match everything. `first` and `last` (ISO days) count where
    `days` is FROM_TO; either may be missing."""

    account: int | None = None
    patient: int | None = None
    acts: tuple[str, ...] = ()
    outcome: str = ""
    days: int = 7
    first: str = ""
    last: str = ""
    archive: bool = False

    def wanted(self, today: date) -> LogFilter:
        """As the log is asked. Raises LastBeforeFirst."""
        since, until = self._times(today)
        return LogFilter(
            patient=PatientId(self.patient) if self.patient else None,
            account=AccountId(self.account) if self.account is not None else None,
            acts=frozenset(Act(act) for act in self.acts),
            outcome=self.outcome,
            since=since,
            until=until,
            archive=self.archive,
        )

    def _times(self, today: date) -> tuple[int | None, int | None]:
        if self.days == ALL_TIME:
            return None, None
        if self.days != FROM_TO:
            return midnight(today - timedelta(days=self.days - 1)), None
        first = date.fromisoformat(self.first) if self.first else None
        last = date.fromisoformat(self.last) if self.last else None
        if first and last:
            period = days_between(first, last)
            return period.since, period.until
        return (
            midnight(first) if first else None,
            midnight(last + timedelta(days=1)) if last else None,
        )


def view_as_text(view: LogView) -> str:
    """As it is kept."""
    return json.dumps(asdict(view), sort_keys=True)


def view_from_text(text: str) -> LogView:
    """What `view_as_text` wrote; an act or outcome of a newer MediLink is left out."""
    kept = json.loads(text)
    acts, outcomes = {act.value for act in Act}, {one.value for one in Outcome}
    kept["acts"] = tuple(act for act in kept["acts"] if act in acts)
    kept["outcome"] = kept["outcome"] if kept["outcome"] in outcomes else ""
    return LogView(**kept)

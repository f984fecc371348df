"""Numbers for a compliance report, counted from the entries of the log in one pass.

Exact and without names of patients: a patient's account is its number. Every table is rows of
words and a count, so that what was counted can be kept as text and read back years later. Pure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from medilink.audit import Act, AuditEntry, Outcome
from medilink.people import Role
from medilink.periods import Period, day_here

Tally = tuple[tuple[tuple[str, ...], int], ...]

# Somebody saw something of a record.
ACCESS = frozenset({Act.OPEN_RECORD, Act.OPEN_DOCUMENT, Act.SEE_CHANGES, Act.READ_VISITING})
# Something left as a file, a code or on paper.
EXPORTS = frozenset(
    {
        Act.EXPORT,
        Act.EXPORT_ALL,
        Act.EXPORT_LOG,
        Act.MAKE_CARD,
        Act.MAKE_RETURN,
        Act.MAKE_REPORT,
    }
)
# What was done with the log itself.
LOOKING_BACK = frozenset(
    {
        Act.READ_LOG,
        Act.CHECK_LOG,
        Act.GIVE_LOG_RECEIPT,
        Act.EXPORT_LOG,
        Act.MAKE_REPORT,
        Act.ARCHIVE_LOG,
        Act.ERASE_DETAIL,
    }
)
SIGN_IN, CODE, UNLOCK = "sign-in", "code", "unlock"
FAILING = {
    Act.SIGN_IN: SIGN_IN,
    Act.REDEEM: CODE,
    Act.OPEN_OFFER: CODE,
    Act.UNLOCK_FAILED: UNLOCK,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What the entries of a period add up to.

    `outcomes`: (outcome). `access`, `refused`: (role, right). `records`: different records that
    were opened. `exports`, `looking_back`: (act, role). `failed`: (kind, role, account number,
    name of staff); `failed_days`: (day, kind). `openings`: emergency openings; `reviews`:
    (verdict). `doubted`: entries written while the clock was in doubt.
    """

    entries: int = 0
    outcomes: Tally = ()
    access: Tally = ()
    refused: Tally = ()
    records: int = 0
    exports: Tally = ()
    failed: Tally = ()
    failed_days: Tally = ()
    openings: int = 0
    reviews: Tally = ()
    looking_back: Tally = ()
    doubted: int = 0


@dataclass(slots=True)
class _Counting:
    """Counters that are still running."""

    day_of: Callable[[int], date]
    tables: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    patients: set[int] = field(default_factory=set)
    staff: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    doubted: int = 0

    def add(self, entry: AuditEntry) -> None:
        self.entries += 1
        self.doubted += "doubted" in entry.extra
        self._count("outcomes", entry.outcome)
        done = entry.outcome == Outcome.DONE
        if entry.act in ACCESS and entry.outcome != Outcome.COUNTED:
            self._count("access" if done else "refused", entry.actor_role, entry.method)
            if done and entry.patient is not None:
                self.patients.add(entry.patient)
        if done and entry.act in EXPORTS:
            self._count("exports", entry.act, entry.actor_role)
        if entry.act in LOOKING_BACK and entry.outcome != Outcome.COUNTED:
            self._count("looking_back", entry.act, entry.actor_role)
        if done and entry.act == Act.BREAK_GLASS:
            self._count("openings")
        if done and entry.act == Act.REVIEW_EMERGENCY:
            self._count("reviews", entry.extra.get("verdict", ""))
        if entry.outcome == Outcome.REFUSED and entry.act in FAILING:
            self._fail(entry, FAILING[Act(entry.act)])

    def _fail(self, entry: AuditEntry, kind: str) -> None:
        tries = int(entry.extra.get("tries", "1"))
        account = "" if entry.account is None else str(entry.account)
        if account and entry.actor_role != Role.PATIENT and entry.actor_name:
            self.staff.setdefault(account, entry.actor_name)
        self._count("failed", kind, entry.actor_role, account, many=tries)
        self._count("failed_days", self.day_of(entry.at).isoformat(), kind, many=tries)

    def _count(self, table: str, *words: str, many: int = 1) -> None:
        self.tables.setdefault(table, Counter())[words] += many

    def table(self, name: str) -> Tally:
        return tuple(sorted(self.tables.get(name, {}).items()))

    def failures(self) -> Tally:
        return tuple(
            ((*words, self.staff.get(words[2], "")), n) for words, n in self.table("failed")
        )


def count_entries(
    entries: Iterable[AuditEntry], *, day_of: Callable[[int], date] = day_here
) -> Counts:
    """Count entries, in whatever order they come. `day_of`: the day a moment lies in."""
    counting = _Counting(day_of)
    for entry in entries:
        counting.add(entry)
    return Counts(
        entries=counting.entries,
        outcomes=counting.table("outcomes"),
        access=counting.table("access"),
        refused=counting.table("refused"),
        records=len(counting.patients),
        exports=counting.table("exports"),
        failed=counting.failures(),
        failed_days=counting.table("failed_days"),
        openings=total(counting.table("openings")),
        reviews=counting.table("reviews"),
        looking_back=counting.table("looking_back"),
        doubted=counting.doubted,
    )


def total(table: Tally) -> int:
    """The sum of a table."""
    return sum(count for _, count in table)


# ---- the whole report


@dataclass(frozen=True, slots=True)
class ArchivedPart:
    """Entries `first` to `last`, written from `since` to `until`; how many lost their details."""

    first: int
    last: int
    since: int
    until: int
    erased: int


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a check found when the report was made. `line`: the signed head as its number and six
    words, to be compared years later."""

    checked: int
    broken_at: int | None
    why: str
    line: str
    parts: tuple[ArchivedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Backups:
    """How many backups there are, when the newest was made, and when restoring was last tried."""

    made: int
    newest: int
    tried: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is kept. `first`, `last`: its days (ISO). `waiting`: emergency openings that
    nobody has looked at, `credentials`: (standing), both when it was made. `backups`: None where
    there is none yet."""

    clinic: str
    first: str
    last: str
    made_at: int
    made_by: str
    counts: Counts
    integrity: Integrity
    waiting: int = 0
    credentials: Tally = ()
    backups: Backups | None = None

    @property
    def period(self) -> Period:
        """The days it is about."""
        return Period(date.fromisoformat(self.first), date.fromisoformat(self.last))


def report_as_text(report: Report) -> str:
    """As it is kept."""
    return json.dumps(asdict(report), ensure_ascii=False, sort_keys=True)


def report_from_text(text: str) -> Report:
    """What `report_as_text` wrote."""
    kept = json.loads(text)
    counts = {name: _read_back(value) for name, value in kept["counts"].items()}
    parts = tuple(ArchivedPart(**part) for part in kept["integrity"]["parts"])
    return Report(
        **{
            **kept,
            "counts": Counts(**counts),
            "integrity": Integrity(**{**kept["integrity"], "parts": parts}),
            "credentials": _read_back(kept["credentials"]),
            "backups": Backups(**kept["backups"]) if kept["backups"] else None,
        }
    )


def _read_back(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return tuple((tuple(words), count) for words, count in value)

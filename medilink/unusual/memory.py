"""What is remembered between two looks at the log, so that no entry is read twice.

All of it is bounded: by time (nothing older than `REMEMBERED_DAYS`, hours of work by
`hours.WEEKS_KNOWN`) and by number (`MOST`). It can be made again from the log at any time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from medilink.days import DAY_MS

REMEMBERED_DAYS = 32  # the longest window (28 days) and the time a look-up waits to be judged
FORM = 1  # of the text it is kept as
MOST = 20_000  # of anything: patients seen in a month by a clinic ten times a large one


@dataclass(slots=True)
class LookUp:
    """A record was opened in care, and waits to be judged by what was done around it."""

    account: int
    patient: int
    at: int
    first_seq: int
    last_seq: int
    closed: int  # 1: at an hour when the clinic is usually closed
    told: int = 0  # in a flag already: 1 of many records, 2 of another rule


@dataclass(slots=True)
class Bare:
    """A look-up around which nobody did anything for the patient. `told`: 1 in a flag already."""

    at: int
    first_seq: int
    last_seq: int
    patient: int
    told: int = 0


Opening = tuple[int, int, int]  # at, entry, patient
Refusal = tuple[int, int]  # at, entry


@dataclass(slots=True)
class Memory:
    """`seq`: looked through up to this entry. `at`: the latest time seen, milliseconds UTC.
    `old_to`: the newest entry there was when the log was looked through for the first time."""

    seq: int = 0
    at: int = 0
    old_to: int = 0
    opened: dict[int, list[Opening]] = field(default_factory=dict)
    most: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    weeks: dict[int, int] = field(default_factory=dict)
    at_work: dict[int, int] = field(default_factory=dict)
    cared: dict[int, dict[int, int]] = field(default_factory=dict)
    waiting: dict[tuple[int, int], LookUp] = field(default_factory=dict)
    stays: dict[int, dict[int, int]] = field(default_factory=dict)
    bare: dict[int, list[Bare]] = field(default_factory=dict)
    nights: dict[int, list[Bare]] = field(default_factory=dict)
    refused: dict[int, list[Refusal]] = field(default_factory=dict)
    codes: dict[int, list[Refusal]] = field(default_factory=dict)
    runs: dict[str, tuple[str, int]] = field(default_factory=dict)

    def forget_old(self) -> None:
        """Let go of what no rule looks back to any more."""
        since, day = self.at - REMEMBERED_DAYS * DAY_MS, self.at // DAY_MS - REMEMBERED_DAYS
        _forget_days(self.most, day)
        _forget_days(self.stays, day)
        for patient in [p for p, writers in self.cared.items() if max(writers.values()) < since]:
            del self.cared[patient]
        for bare in (*self.bare.values(), *self.nights.values()):
            bare[:] = [one for one in bare if one.at >= since][-MOST:]
        for openings in self.opened.values():
            openings[:] = [one for one in openings if one[0] > self.at - DAY_MS][-MOST:]
        for refused in (self.refused, self.codes):
            for number in [n for n, found in refused.items() if found[-1][0] < self.at - DAY_MS]:
                del refused[number]
            _cut(refused)
        _cut(self.cared)
        _cut(self.waiting)
        self.runs = {name: run for name, run in self.runs.items() if run[1] >= since}


def _forget_days(listed: dict[int, dict[int, Any]], before: int) -> None:
    for account, days in list(listed.items()):
        kept = {day: figures for day, figures in days.items() if day >= before}
        if kept:
            listed[account] = kept
        else:
            del listed[account]


def _cut(listed: dict[Any, Any]) -> None:
    """The newest `MOST`: a dictionary keeps the order in which its keys came."""
    for key in list(listed)[: max(len(listed) - MOST, 0)]:
        del listed[key]


def local_time(at: int, zone: tzinfo | None) -> datetime:
    """A time in milliseconds as a clock on the wall shows it; None: this computer's zone."""
    found = datetime.fromtimestamp(at / 1000, UTC)
    return found.astimezone(zone)


# ---- as it is kept


def as_text(memory: Memory) -> str:
    """The memory as JSON."""
    kept: dict[str, Any] = {"form": FORM} | {
        name: getattr(memory, name) for name in Memory.__slots__ if name not in _LISTS
    }
    kept["waiting"] = [_row(one) for one in memory.waiting.values()]
    for name in ("bare", "nights"):
        found: dict[int, list[Bare]] = getattr(memory, name)
        kept[name] = {account: [_row(one) for one in bare] for account, bare in found.items()}
    return json.dumps(kept, separators=(",", ":"))


def from_text(text: str) -> Memory:
    """The memory a text holds; an empty one for an empty text. One of another form is forgotten,
    but not how far the log was looked through."""
    if not text:
        return Memory()
    kept: dict[str, Any] = json.loads(text)
    if kept["form"] != FORM:
        return Memory(seq=kept["seq"], at=kept["at"])
    waiting = [LookUp(*row) for row in kept["waiting"]]
    return Memory(
        seq=kept["seq"],
        at=kept["at"],
        old_to=kept.get("old_to", 0),  # not written before there was such a thing
        opened=_numbered(kept["opened"], _tuples),
        most=_numbered(kept["most"], lambda days: _numbered(days, tuple)),
        weeks=_numbered(kept["weeks"], int),
        at_work=_numbered(kept["at_work"], int),
        cared=_numbered(kept["cared"], lambda writers: _numbered(writers, int)),
        waiting={(one.account, one.patient): one for one in waiting},
        stays=_numbered(kept["stays"], lambda days: _numbered(days, int)),
        bare=_numbered(kept["bare"], lambda rows: [Bare(*row) for row in rows]),
        nights=_numbered(kept["nights"], lambda rows: [Bare(*row) for row in rows]),
        refused=_numbered(kept["refused"], _tuples),
        codes=_numbered(kept["codes"], _tuples),
        runs={name: tuple(run) for name, run in kept["runs"].items()},
    )


_LISTS = frozenset({"waiting", "bare", "nights"})


def _row(one: LookUp | Bare) -> list[int]:
    return [getattr(one, name) for name in one.__slots__]


def _tuples(rows: list[list[int]]) -> list[Any]:
    return [tuple(row) for row in rows]


def _numbered(kept: dict[str, Any], read: Any) -> dict[int, Any]:
    """JSON knows text as keys only."""
    return {int(key): read(value) for key, value in kept.items()}

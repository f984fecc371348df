"""What the rules make of a simulated year: which planted misuse they find, what else they flag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from medilink.days import DAY_MS
from medilink.unusual.flags import Flag, Rule, extended
from medilink.unusual.looking import look_through
from medilink.unusual.memory import Memory, as_text, from_text
from tests.simulated_year import Planted, Year


@dataclass(slots=True)
class Judged:
    """`false`: flags no planted misuse explains. `found`: misuse seen by its own rule; `by_any`: by
    any rule."""

    flags: list[Flag]
    false: list[Flag]
    missed: list[Planted]
    planted: Counter[Rule]
    found: Counter[Rule]
    by_any: Counter[Rule]
    innocent_accesses_flagged: int
    year: Year = field(repr=False)

    @property
    def person_days(self) -> float:
        """False alarms in per cent of the days of work of innocent people."""
        days = {(flag.account, flag.at // DAY_MS) for flag in self.false}
        return 100 * len(days) / self.year.person_days

    @property
    def accesses(self) -> float:
        """Innocent openings that stand in any flag, in per cent of all innocent openings."""
        return 100 * self.innocent_accesses_flagged / self.year.accesses

    @property
    def false_a_week(self) -> float:
        return len(self.false) / self.year.weeks


def flags_of(year: Year) -> list[Flag]:
    """Every flag of a year, looked through day by day, the memory written down in between."""
    memory, flags, day = Memory(), dict[str, Flag](), []
    for entry in [*year.entries, None]:
        if entry is not None and (not day or entry.at // DAY_MS == day[0].at // DAY_MS):
            day.append(entry)
            continue
        memory = from_text(as_text(memory))
        last = entry is None
        now = day[-1].at + 3 * DAY_MS if last else None
        for key, flag in look_through(memory, day, year.facts, now).flags.items():
            flags[key] = extended(flags[key], flag) if key in flags else flag
        day = [entry] if entry is not None else []
    return list(flags.values())


def judge(year: Year) -> Judged:
    """Compare flags with what was planted."""
    flags = flags_of(year)
    explained = {flag.key: [one for one in year.planted if _explains(one, flag)] for flag in flags}
    by_rule = Counter(one.rule for one in year.planted)
    missed = [
        one
        for one in year.planted
        if not any(flag.rule is one.rule and _explains(one, flag) for flag in flags)
    ]
    found = by_rule - Counter(one.rule for one in missed)
    by_any = Counter(
        one.rule for one in year.planted if any(_explains(one, flag) for flag in flags)
    )
    innocent = 0
    for flag in flags:
        guilty = frozenset[int]().union(*(one.patients for one in explained[flag.key]))
        innocent += len(set(flag.patients) - guilty)
    false = [flag for flag in flags if not explained[flag.key]]
    return Judged(flags, false, missed, by_rule, found, by_any, innocent, year)


def _explains(one: Planted, flag: Flag) -> bool:
    """Whether a flag is about a planted misuse, whichever rule saw it: the same person or patient,
    at the same time."""
    same_time = flag.at <= one.until and one.since <= flag.last_at
    if flag.account is None:
        return same_time and flag.patient in one.patients
    same_person = flag.account == one.account
    return (
        same_time and same_person and (not flag.patients or bool(one.patients & set(flag.patients)))
    )

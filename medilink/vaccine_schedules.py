"""A vaccine schedule as data: which vaccines, how many doses, when each is due and may be given.

A schedule is a TOML file (`docs/formats/vaccine-schedule.md`); Kenya's ships in `schedules/`, with
its sources at its head, and a clinic may bring its own. Pure, but for reading that file once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from medilink.errors import FileUnreadable

_FOLDER = Path(__file__).parent / "schedules"
_SPAN = re.compile(r"(\d{1,5}) (days|weeks|months|years)")
_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "years": 12}
LAST_DAY = date.max


class Span(NamedTuple):
    """A length of time as schedules say it; months and years follow the calendar."""

    amount: int
    unit: str

    def after(self, day: date) -> date:
        """The day this long after another. 31 January and one month is the last of February."""
        if self.unit in _DAYS:
            return min(_add_days(day, self.amount * _DAYS[self.unit]), LAST_DAY)
        months = day.month - 1 + self.amount * _MONTHS[self.unit]
        year, month = day.year + months // 12, months % 12 + 1
        if year >= LAST_DAY.year:
            return LAST_DAY
        first = date(year, month, 1)
        length = (date(year + month // 12, month % 12 + 1, 1) - first).days
        return first.replace(day=min(day.day, length))


def _add_days(day: date, days: int) -> date:
    room = (LAST_DAY - day).days
    return day + timedelta(days=min(days, room))


class Dose(NamedTuple):
    """One dose of a series.

    `due`: the age it is due at, None where it is due as soon as it may be given; `start`: the
    youngest age it counts at; `after`: the shortest time after the dose before; `until`: the age
    from which it is left out and the next dose comes instead.
    """

    number: str
    due: Span | None
    start: Span
    after: Span | None
    until: Span | None
    optional: bool = False


class Series(NamedTuple):
    """The doses of one vaccine. `codes` are CVX codes (CDC); `called`, what people write;
    `until`: the age from which it is no longer begun or continued; `optional`: given where the
    clinic says so; `pregnant`: only in pregnancy; `sex`: female, male or empty for everybody."""

    vaccine: str
    name: str
    against: str
    codes: frozenset[str]
    called: tuple[str, ...]
    until: Span
    doses: tuple[Dose, ...]
    optional: bool
    pregnant: bool
    sex: str


class Schedule(NamedTuple):
    """What a country or a clinic gives. `overdue_after`: how long after its day a dose is late."""

    name: str
    source: str
    overdue_after: Span
    series: tuple[Series, ...]


_BIRTH = Span(0, "days")


@cache
def kenya() -> Schedule:
    """The schedule that ships."""
    return read_schedule((_FOLDER / "kenya.toml").read_text("utf-8"))


def read_schedule(text: str) -> Schedule:
    """A schedule from its TOML text. Raises FileUnreadable, which says what is wrong where."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileUnreadable(why=str(error)) from None
    schedule = Schedule(
        _text(found, "name", "the schedule"),
        _text(found, "source", "the schedule"),
        _span(found.get("overdue_after", "4 weeks"), "overdue_after"),
        tuple(_series(each) for each in _tables(found, "series", "the schedule")),
    )
    names = [series.vaccine for series in schedule.series]
    if len(set(names)) < len(names):
        raise FileUnreadable(why="two series have the same vaccine")
    return schedule


def _series(found: Mapping[str, Any]) -> Series:
    vaccine = _text(found, "vaccine", "a series")
    series = Series(
        vaccine,
        _text(found, "name", vaccine),
        str(found.get("against", "")),
        frozenset(_texts(found, "codes", vaccine)),
        _texts(found, "called", vaccine),
        _span(found.get("until"), f"{vaccine}: until"),
        tuple(_dose(each, vaccine) for each in _tables(found, "doses", vaccine)),
        _flag(found, "optional", vaccine),
        _flag(found, "pregnant", vaccine),
        str(found.get("sex", "")),
    )
    if series.sex not in ("", "female", "male"):
        raise FileUnreadable(why=f"{vaccine}: sex is female, male or left out")
    _check_order(series)
    return series


def _check_order(series: Series) -> None:
    numbers = [dose.number for dose in series.doses]
    if len(set(numbers)) < len(numbers):
        raise FileUnreadable(why=f"{series.vaccine}: two doses have the same number")
    born = date(2000, 1, 1)
    for first, second in pairwise(series.doses):
        if _due_day(second, born) < _due_day(first, born):
            raise FileUnreadable(
                why=f"{series.vaccine}: dose {second.number} is due before dose {first.number}"
            )
    for dose in series.doses:
        if _due_day(dose, born) < dose.start.after(born):
            raise FileUnreadable(
                why=f"{series.vaccine}: dose {dose.number} is due before it may be given"
            )


def _due_day(dose: Dose, born: date) -> date:
    return (dose.due or dose.start).after(born)


def _dose(found: Mapping[str, Any], vaccine: str) -> Dose:
    where = f"{vaccine}, dose {found.get('number', '?')}"
    return Dose(
        _text(found, "number", where),
        _maybe_span(found, "due", where),
        _maybe_span(found, "from", where) or _BIRTH,
        _maybe_span(found, "after", where),
        _maybe_span(found, "until", where),
        _flag(found, "optional", where),
    )


def _maybe_span(found: Mapping[str, Any], key: str, where: str) -> Span | None:
    return _span(found[key], f"{where}: {key}") if key in found else None


def _span(typed: object, where: str) -> Span:
    read = _SPAN.fullmatch(typed) if isinstance(typed, str) else None
    if read is None:
        raise FileUnreadable(why=f"{where} must be a time like 6 weeks or 9 months")
    return Span(int(read[1]), read[2])


def _text(found: Mapping[str, Any], key: str, where: str) -> str:
    text = found.get(key)
    if not isinstance(text, str) or not text.strip():
        raise FileUnreadable(why=f"{where}: {key} is missing")
    return text.strip()


def _texts(found: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    texts = found.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise FileUnreadable(why=f"{where}: {key} must be a list of texts")
    return tuple(texts)


def _flag(found: Mapping[str, Any], key: str, where: str) -> bool:
    flag = found.get(key, False)
    if not isinstance(flag, bool):
        raise FileUnreadable(why=f"{where}: {key} is true or false")
    return flag


def _tables(found: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    tables = found.get(key)
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise FileUnreadable(why=f"{where}: there must be at least one of {key}")
    return tables

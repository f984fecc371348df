"""Which vaccines a person has had, and which are due: what was given against a schedule.

Pure. Rules, after WHO's summary tables for routine immunization (2 and 3) and the decision tables
of its SMART Guidelines for immunizations:
  - a dose counts from its youngest age on, and its shortest interval after the dose before it;
  - an interrupted series goes on where it stopped: nothing is begun again;
  - a dose given too early does not count, and its repetition waits the interval from it.
It says what a schedule says. Whether somebody can be vaccinated is the clinician's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from medilink.people import Sex, fold
from medilink.records import Immunization, in_force
from medilink.vaccine_schedules import Dose, Schedule, Series

CVX = "http://hl7.org/fhir/sid/cvx"
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class State(StrEnum):
    """Where one dose stands."""

    GIVEN = "given"
    OVERDUE = "overdue"
    DUE = "due"
    TOO_EARLY = "too early"  # one was given too early; its repetition cannot be given yet
    NOT_YET = "not yet"
    NO_LONGER = "no longer given"
    UNSURE = "age not known exactly"


class Why(StrEnum):
    """Why a dose on record does not count."""

    TOO_YOUNG = "too young"
    TOO_SOON = "too soon"
    IN_FUTURE = "in the future"
    BEFORE_BIRTH = "before birth"


WHY_WORDS: dict[Why, str] = {
    Why.TOO_YOUNG: "It was given before the age at which it protects, so it does not count.",
    Why.TOO_SOON: "It was given too soon after the dose before, so it does not count.",
    Why.IN_FUTURE: "Its date lies in the future. Check the date.",
    Why.BEFORE_BIRTH: "Its date lies before the birth. Check both dates.",
}
STATE_WORDS: dict[State, str] = {
    State.GIVEN: "given",
    State.OVERDUE: "overdue",
    State.DUE: "due",
    State.TOO_EARLY: "given too early; to be repeated",
    State.NOT_YET: "not yet",
    State.NO_LONGER: "no longer given at this age",
    State.UNSURE: "the age is not known exactly",
}
GIVE_NOW = frozenset({State.DUE, State.OVERDUE})


class NotCounted(NamedTuple):
    """A dose on record that does not count, and why."""

    given: Immunization
    why: Why


class Due(NamedTuple):
    """One dose of a schedule for one person.

    `due_on`: from when it is, or was, to be given; None where that cannot be said. `given`: the
    dose on record that counts. `not_counted`: those that were given for it and do not count.
    """

    vaccine: str
    name: str
    dose: str
    due_on: date | None
    state: State
    given: Immunization | None = None
    not_counted: tuple[NotCounted, ...] = ()


class Person(NamedTuple):
    """What a schedule asks of a person besides age. `also`: the optional parts the clinic gives,
    a vaccine ("malaria") or a dose of one ("rotavirus 3")."""

    sex: Sex = Sex.UNKNOWN
    pregnant: bool = False
    also: frozenset[str] = frozenset()
    zone: tzinfo = UTC


ANYBODY = Person()


def what_is_due(
    birth_date: str,
    given: Iterable[Immunization],
    today: date,
    schedule: Schedule,
    person: Person = ANYBODY,
) -> list[Due]:
    """Every dose of a schedule that concerns this person, in the schedule's order.

    `birth_date` is a FHIR date text. Where only a year or month is known, a state is said if it is
    the same for the first and the last day it can mean, else UNSURE; without a birth date, or with
    one that lies ahead, every dose not given is UNSURE.
    """
    counted = [each for each in given if in_force(each) and each.status != "not-done"]
    days = _birth_days(birth_date, today)
    found: list[Due] = []
    for series in schedule.series:
        doses = sorted(
            (_day(each, person.zone), each.uid, each)
            for each in counted
            if series.vaccine in series_of(each, schedule)
        )
        on_days = [(day, each) for day, _, each in doses]
        if not _concerns(series, person, begun=bool(on_days)):
            continue
        asked = [dose for dose in series.doses if _is_given_here(series, dose, person)]
        if days is None:
            found += _without_age(series, asked, on_days)
            continue
        oldest, youngest = (
            _Walk(series, asked, born, today, schedule).dues(on_days) for born in days
        )
        found += [_agreed(*pair) for pair in zip(oldest, youngest, strict=True)]
    return found


def series_of(given: Immunization, schedule: Schedule) -> frozenset[str]:
    """Which series a dose on record belongs to: by its CVX code, else by its name. MMR is also a
    measles vaccine, a hexavalent one also a polio vaccine, so there may be several."""
    if given.code and given.system in ("", CVX):
        by_code = {series.vaccine for series in schedule.series if given.code in series.codes}
        if by_code:
            return frozenset(by_code)
    words = [word.rstrip("0123456789") or word for word in fold(given.vaccine).split()]
    said, as_typed = f" {' '.join(words)} ", f" {fold(given.vaccine)} "
    longest: dict[str, int] = {}
    for series in schedule.series:
        for name in series.called:
            if f" {name} " in said or f" {name} " in as_typed:
                longest[series.vaccine] = max(longest.get(series.vaccine, 0), len(name))
    best = max(longest.values(), default=0)
    return frozenset(vaccine for vaccine, length in longest.items() if length == best)


def next_day(dues: Iterable[Due]) -> date | None:
    """The earliest day on which something of it is to be given; None where nothing is left."""
    waiting = GIVE_NOW | {State.NOT_YET, State.TOO_EARLY}
    return min((due.due_on for due in dues if due.due_on and due.state in waiting), default=None)


def _day(given: Immunization, zone: tzinfo) -> date:
    return (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=given.at))
        .astimezone(zone)
        .date()
    )


def _concerns(series: Series, person: Person, *, begun: bool) -> bool:
    if series.pregnant and not person.pregnant:
        return False
    if series.sex and person.sex in (Sex.FEMALE, Sex.MALE) and person.sex != series.sex:
        return False
    return begun or not series.optional or series.vaccine in person.also


def _is_given_here(series: Series, dose: Dose, person: Person) -> bool:
    return not dose.optional or f"{series.vaccine} {dose.number}" in person.also


def _birth_days(birth_date: str, today: date) -> tuple[date, date] | None:
    """The first and the last day a birth date can mean, up to today."""
    found = _PARTIAL.fullmatch(birth_date)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 1, month or 1, day or 1)
    except ValueError:
        return None
    if first > today:
        return None
    if day:
        return first, first
    after = date(first.year + 1, 1, 1) if not month else (first + timedelta(31)).replace(day=1)
    return first, min(after - timedelta(1), today)


def _without_age(
    series: Series, doses: list[Dose], given: list[tuple[date, Immunization]]
) -> list[Due]:
    """What is on record, one dose after the other; nothing can be said of the rest."""
    unsure = [Due(series.vaccine, series.name, dose.number, None, State.UNSURE) for dose in doses]
    known = [
        due._replace(due_on=day, state=State.GIVEN, given=each)
        for due, (day, each) in zip(unsure, given, strict=False)
    ]
    return known + unsure[len(known) :]


def _agreed(oldest: Due, youngest: Due) -> Due:
    """What holds whichever day the person was born on."""
    if oldest.state is State.GIVEN or oldest == youngest:
        return oldest
    if oldest.state is youngest.state:
        return oldest._replace(due_on=None)
    if {oldest.state, youngest.state} <= GIVE_NOW:
        return oldest._replace(state=State.DUE, due_on=None)
    return oldest._replace(state=State.UNSURE, due_on=None, not_counted=())


class _Walk:
    """One series, one birth day: doses on record are laid on the doses of the schedule in order
    of their dates, so the order in which they were written down does not matter."""

    def __init__(
        self, series: Series, doses: list[Dose], born: date, today: date, schedule: Schedule
    ) -> None:
        self.series, self.doses = series, doses
        self.born, self.today, self.schedule = born, today, schedule
        self.counted: dict[int, tuple[date, Immunization]] = {}
        self.refused: dict[int, list[NotCounted]] = {}
        self.place = 0
        self.last: date | None = None  # of a dose that counts
        self.latest: date | None = None  # of any dose

    def dues(self, given: list[tuple[date, Immunization]]) -> list[Due]:
        """The doses of the series with their states."""
        for day, each in given:
            self._lay(day, each)
        found: list[Due] = []
        earliest = self.born
        for place, dose in enumerate(self.doses):
            due = self._due(place, dose, earliest)
            found.append(due)
            earliest = self._earliest_after(due)
        return found

    def _lay(self, day: date, each: Immunization) -> None:
        why = self._outside_life(day)
        if why is None:
            self._skip_past(day)
            why = self._does_not_count(day) if self.place < len(self.doses) else None
            self.latest = day
        if why is not None:
            self.refused.setdefault(self.place, []).append(NotCounted(each, why))
        elif self.place < len(self.doses):
            self.counted[self.place] = (day, each)
            self.place, self.last = self.place + 1, day

    def _outside_life(self, day: date) -> Why | None:
        if day > self.today:
            return Why.IN_FUTURE
        return Why.BEFORE_BIRTH if day < self.born else None

    def _skip_past(self, day: date) -> None:
        """Leave out doses that are not given any more at that age, like the one at birth."""
        while self.place < len(self.doses):
            until = self.doses[self.place].until
            if until is None or day < until.after(self.born):
                return
            self.place += 1

    def _does_not_count(self, day: date) -> Why | None:
        dose = self.doses[self.place]
        if day < dose.start.after(self.born):
            return Why.TOO_YOUNG
        if dose.after and self.last and day < dose.after.after(self.last):
            return Why.TOO_SOON
        return None

    def _due(self, place: int, dose: Dose, earliest: date) -> Due:
        refused = tuple(self.refused.get(place, ()))
        asked = Due(self.series.vaccine, self.series.name, dose.number, None, State.NO_LONGER)
        if place in self.counted:
            day, each = self.counted[place]
            return asked._replace(due_on=day, state=State.GIVEN, given=each, not_counted=refused)
        if self._is_over(place, dose):
            return asked._replace(not_counted=refused)
        by_age = dose.due.after(self.born) if dose.due else self._without_due_age(dose)
        wanted = max(by_age, self._waited(dose, earliest))
        early = any(one.why in (Why.TOO_YOUNG, Why.TOO_SOON) for one in refused)
        too_early = early and wanted > self.today
        state = State.TOO_EARLY if too_early else self._state_on(wanted, place)
        return asked._replace(due_on=wanted, state=state, not_counted=refused)

    def _without_due_age(self, dose: Dose) -> date:
        """A dose without an age of its own is due from today, or when the interval is over."""
        youngest = dose.start.after(self.born)
        return youngest if dose.after and self.last else max(youngest, self.today)

    def _is_over(self, place: int, dose: Dose) -> bool:
        too_old = self.today >= self.series.until.after(self.born)
        past = dose.until is not None and self.today >= dose.until.after(self.born)
        return too_old or past or place < self.place

    def _waited(self, dose: Dose, earliest: date) -> date:
        """The first day the intervals allow, from every dose given, counted or not."""
        if dose.after is None or self.latest is None:
            return earliest
        return max(earliest, dose.after.after(self.latest))

    def _state_on(self, wanted: date, place: int) -> State:
        if wanted > self.today or place > self._next_place():
            return State.NOT_YET
        late = self.today > self.schedule.overdue_after.after(wanted)
        return State.OVERDUE if late else State.DUE

    def _next_place(self) -> int:
        """The dose whose turn it is: one at a time."""
        place = self.place
        while place < len(self.doses) and self._is_over(place, self.doses[place]):
            place += 1
        return place

    def _earliest_after(self, due: Due) -> date:
        """From when the dose after this one can be given, at best."""
        place = next(i for i, dose in enumerate(self.doses) if dose.number == due.dose)
        following = self.doses[place + 1] if place + 1 < len(self.doses) else None
        if following is None or following.after is None or due.due_on is None:
            return self.born
        if due.state is State.GIVEN:
            return following.after.after(due.due_on)
        return following.after.after(max(due.due_on, self.today))

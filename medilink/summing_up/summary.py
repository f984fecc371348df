"""A record as it was handed out, summed up for a purpose. Pure.

Only what is in the record given is said, and that record went through the gate. A section that is
not there is named as not seen, never as empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from medilink.absence import Knowledge, knowledge_of, listed
from medilink.days import DAY_MS
from medilink.handing_out import Purpose
from medilink.people import age_in_days, fold
from medilink.periods import day_here
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Encounter,
    Entry,
    Medication,
    Procedure,
    Record,
    Section,
)
from medilink.reference import YEAR
from medilink.summing_up.changes import Changes, changes_since
from medilink.summing_up.figures import Figure, Judged, key_figures, unusual_results
from medilink.summing_up.trends import ACUTE, MOVING, Trend, trends_in
from medilink.vaccination import GIVE_NOW, Due, Person, what_is_due
from medilink.vaccine_schedules import kenya

THIS_VISIT_DAYS = 3  # a letter is typed at the visit, or when its results have come
RESULT_DAYS = 365  # an older result is not what somebody is like today
MEASURED_DAYS = 5 * 365
ACUTE_DAYS = 30  # a fever of last year is no finding
PROCEDURE_DAYS = 365
VACCINES_UNTIL_YEARS = 15
# How many visits before the present one are told of.
VISITS_TOLD = {
    Purpose.SUMMARY: 5,
    Purpose.REFERRAL: 3,
    Purpose.CONSULTATION: 2,
    Purpose.DISCHARGE: 1,
}
# Sections a reader of each kind of document expects to hear of.
EXPECTED = (
    Section.ALERTS,
    Section.ALLERGIES,
    Section.CONDITIONS,
    Section.MEDICATIONS,
    Section.VITALS,
    Section.RESULTS,
    Section.VISITS,
    Section.IMMUNISATIONS,
    Section.PROCEDURES,
)
_OUTSIDE = frozenset({Judged.LOW, Judged.HIGH})
_NOT_A_VISIT = frozenset({"planned", "cancelled", "entered-in-error", "amended"})


@dataclass(frozen=True, slots=True)
class Summary:
    """`visit`: the present visit, None where the last one is some days ago; `before`: the visits
    before it. `not_seen`: sections the author may not see; `left_out`: those the author chose not
    to send. `known`: what is known of allergies, conditions and medicines as a whole."""

    record: Record
    now: int
    visit: Encounter | None = None
    before: tuple[Encounter, ...] = ()
    alerts: tuple[Alert, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    problems: tuple[Condition, ...] = ()
    medicines: tuple[Medication, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    figures: tuple[Figure, ...] = ()
    results: tuple[Figure, ...] = ()
    trends: tuple[Trend, ...] = ()
    changes: Changes | None = None
    vaccines_due: tuple[Due, ...] = ()
    follow_up: Encounter | None = None
    not_seen: tuple[Section, ...] = ()
    left_out: tuple[Section, ...] = ()

    def has(self, section: Section) -> bool:
        """Whether the section is there at all."""
        return section in self.record.sections

    def known(self, section: Section) -> Knowledge:
        """What is known of a section as a whole."""
        return knowledge_of(self.record, section)


def sum_up(
    record: Record,
    purpose: Purpose,
    now: int,
    *,
    left_out: frozenset[Section] = frozenset(),
    vaccines: bool = True,
) -> Summary:
    """What there is to say. `left_out`: sections that could be seen and were not asked for.
    `vaccines`: whether every dose given can be seen and today's date believed; else nothing is
    called due."""
    visit, before = _visits(record, purpose, now)
    base = before[0] if before else None
    told = before[: VISITS_TOLD.get(purpose, 0)]
    missing = [section for section in EXPECTED if section not in record.sections]
    named = [one for one in (visit, *before[:1]) if one is not None and one.follow_up]
    return Summary(
        record,
        now,
        visit=visit,
        before=tuple(told),
        alerts=tuple(alert for alert in record.alerts if alert.status == "active"),
        allergies=_listed(record, Section.ALLERGIES),
        problems=_listed(record, Section.CONDITIONS),
        medicines=_listed(record, Section.MEDICATIONS),
        procedures=_done_lately(record, now),
        figures=_measured_lately(record, now),
        results=unusual_results(record, now - RESULT_DAYS * DAY_MS, now),
        trends=_worth_saying(record, now),
        changes=changes_since(record, base, now) if base else None,
        vaccines_due=_vaccines_due(record, now) if vaccines else (),
        follow_up=named[0] if named else None,
        not_seen=tuple(section for section in missing if section not in left_out),
        left_out=tuple(section for section in missing if section in left_out),
    )


def _visits(record: Record, purpose: Purpose, now: int) -> tuple[Encounter | None, list[Encounter]]:
    """(the present visit, those before it, newest first). A discharge is from the newest visit,
    however long it lasted."""
    known = [
        one for one in record.encounters if one.status not in _NOT_A_VISIT and 0 < one.at <= now
    ]
    known.sort(key=lambda one: (-one.at, one.uid))
    if not known:
        return None, []
    newest = known[0]
    present = now - newest.at <= THIS_VISIT_DAYS * DAY_MS or purpose is Purpose.DISCHARGE
    if not present:
        return None, known
    day = day_here(newest.at)
    return newest, [one for one in known if day_here(one.at) < day]


def _listed(record: Record, section: Section) -> Any:
    """What is so today, lasting things first, then the newest; each name once."""
    found = sorted(listed(record, section), key=_order)
    once = {_name(one): one for one in reversed(found)}
    return tuple(one for one in found if once[_name(one)] is one)


def _order(entry: Entry) -> tuple[bool, int, bytes]:
    return getattr(entry, "course", "") != "chronic", -entry.at, entry.uid


def _name(entry: Entry) -> tuple[str, str]:
    """What an entry is called; a medicine with its dose, an allergy with its reaction."""
    called = str(getattr(entry, "name", "") or getattr(entry, "substance", ""))
    return fold(called), fold(str(getattr(entry, "dose", "") or getattr(entry, "reaction", "")))


def _measured_lately(record: Record, now: int) -> tuple[Figure, ...]:
    return tuple(
        one
        for one in key_figures(record, now)
        if now - one.seen.at <= (ACUTE_DAYS if one.seen.code in ACUTE else MEASURED_DAYS) * DAY_MS
    )


def _done_lately(record: Record, now: int) -> tuple[Procedure, ...]:
    """The newest of each kind."""
    done = [
        one
        for one in record.procedures
        if now - PROCEDURE_DAYS * DAY_MS <= one.at <= now and one.status not in _NOT_A_VISIT
    ]
    done.sort(key=lambda one: (one.at, one.uid))
    newest = {fold(one.name): one for one in done}
    return tuple(sorted(newest.values(), key=lambda one: (-one.at, one.uid)))


def _worth_saying(record: Record, now: int) -> tuple[Trend, ...]:
    """What moves first; what stays is said only where it stays outside what is usual."""
    found = trends_in(record, now)
    moving = [one for one in found if one.course in MOVING]
    outside = [one for one in found if one.course not in MOVING and one.last.judged in _OUTSIDE]
    return (*moving, *outside)


def _vaccines_due(record: Record, now: int) -> tuple[Due, ...]:
    details, today = record.patient.details, day_here(now)
    age = age_in_days(details.birth_date, today)
    if Section.IMMUNISATIONS not in record.sections:
        return ()
    if age is None or age > VACCINES_UNTIL_YEARS * YEAR:
        return ()
    person = Person(sex=details.sex, zone=_zone(now))
    dues = what_is_due(details.birth_date, record.immunisations, today, kenya(), person)
    return tuple(due for due in dues if due.state in GIVE_NOW)


def _zone(now: int) -> tzinfo:
    zone = datetime.fromtimestamp(now / 1000).astimezone().tzinfo
    assert zone is not None  # noqa: S101 astimezone gives one
    return zone

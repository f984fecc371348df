"""What is new in a record since a visit. Pure.

New is what happened on a later day, and what was written down on a later day than the visit was:
an allergy since childhood that was told yesterday. What was only corrected is not new.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from medilink.absence import says_none
from medilink.people import fold
from medilink.periods import day_here
from medilink.prescribing import substances_in
from medilink.records import (
    Allergy,
    Condition,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Procedure,
    Record,
    Section,
    recorded_at,
)
from medilink.summing_up.figures import Figure, figure, newest_of_each

_NOT_DONE = frozenset({"not-done", "entered-in-error", "cancelled"})


class Switched(NamedTuple):
    """A medicine that goes on in another way."""

    before: Medication
    after: Medication


class Changes(NamedTuple):
    """What is new since a visit."""

    since: Encounter
    problems: tuple[Condition, ...] = ()
    ended: tuple[Condition, ...] = ()
    started: tuple[Medication, ...] = ()
    stopped: tuple[Medication, ...] = ()
    switched: tuple[Switched, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    results: tuple[Figure, ...] = ()
    vaccines: tuple[Immunization, ...] = ()
    procedures: tuple[Procedure, ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing is."""
        return not any(self[1:])


def changes_since(record: Record, visit: Encounter, now: int) -> Changes:
    """Everything that is new since a visit, each once."""
    fresh = _Fresh(visit, now)
    started = [m for m in record.medications if fresh.is_new(m) and not says_none(m)]
    over = [m for m in record.medications if m.status != "active" and fresh.is_after(m.ended_at)]
    switched = tuple(_switched(over, started))
    before = {one.before.uid for one in switched}
    after = {one.after.uid for one in switched}
    results = [
        one for one in record.observations if one.section is Section.RESULTS and fresh.is_new(one)
    ]
    return Changes(
        visit,
        problems=tuple(
            c for c in record.conditions if c.status == "active" and fresh.is_new(c)
            if not says_none(c)
        ),
        ended=tuple(
            c for c in record.conditions if c.status != "active" and fresh.is_after(c.ended_at)
            if not says_none(c)
        ),
        started=tuple(m for m in started if m.status == "active" and m.uid not in after),
        stopped=tuple(m for m in over if m.uid not in before and not says_none(m)),
        switched=switched,
        allergies=tuple(
            a for a in record.allergies if a.status == "active" and fresh.is_new(a)
            if not says_none(a)
        ),
        results=tuple(figure(record, one) for one in newest_of_each(tuple(results), now)),
        vaccines=tuple(v for v in record.immunisations if fresh.is_new(v) and _done(v)),
        procedures=tuple(p for p in record.procedures if fresh.is_new(p) and _done(p)),
    )  # fmt: skip


def _done(entry: Immunization | Procedure) -> bool:
    return entry.status not in _NOT_DONE


class _Fresh:
    """Whether something is later than a visit."""

    def __init__(self, visit: Encounter, now: int) -> None:
        self.day, self.now = day_here(visit.at), now
        self.written: date = max(self.day, day_here(recorded_at(visit)))

    def is_after(self, at: int | None) -> bool:
        return at is not None and at <= self.now and day_here(at) > self.day

    def is_new(self, entry: Entry) -> bool:
        if self.is_after(entry.at):
            return True
        told_later = day_here(recorded_at(entry)) > self.written
        return told_later and entry.replaces is None and entry.at <= self.now


def _switched(over: list[Medication], started: list[Medication]) -> list[Switched]:
    """Medicines that ended when another one of the same substance, or name, began."""
    pairs, taken = list[Switched](), set[bytes]()
    for before in over:
        for after in started:
            if after.status != "active" or after.uid in taken or after.uid == before.uid:
                continue
            if _same_medicine(before, after):
                pairs.append(Switched(before, after))
                taken.add(after.uid)
                break
    return pairs


def _same_medicine(one: Medication, other: Medication) -> bool:
    meant = substances_in(one.name)
    return bool(meant and meant == substances_in(other.name)) or fold(one.name) == fold(other.name)


def goes_on(switched: Switched) -> bool:
    """Whether the medicine is given just as before, only prescribed again."""
    before, after = switched
    return (fold(before.name), fold(before.dose), fold(before.frequency)) == (
        fold(after.name),
        fold(after.dose),
        fold(after.frequency),
    )

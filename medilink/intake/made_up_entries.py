"""A visit of a made-up patient as the entries of a record."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from medilink.days import DAY_MS
from medilink.intake.made_up_body import measure
from medilink.intake.made_up_illnesses import (
    CHRONICS,
    USUAL_GLUCOSE,
    USUAL_HAEMOGLOBIN,
    Medicine,
    Test,
)
from medilink.intake.made_up_visits import Life, Visit
from medilink.records import Condition, Encounter, Entry, Medication, Observation, Section
from medilink.vitals import VITAL_BY_CODE
from security.codes import uid_from_name

ORIGIN = "Made up"  # stands at every entry, so that nobody takes it for somebody's record
_LASTING = {medicine.name: illness.name for illness in CHRONICS for medicine in illness.medicines}


class VisitEntries:
    """Writes one visit down. Every uid follows from the person, the visit and what it names."""

    def __init__(self, chance: Random, life: Life, visit: Visit) -> None:
        self._chance, self._life, self._visit = chance, life, visit
        self._measured = measure(chance, life.body, visit.years, visit.state)
        self._encounter = self._uid("visit")

    def __iter__(self) -> Iterator[Entry]:
        """The visit itself, then what was found, given, measured and tested."""
        yield self._visit_itself()
        yield from self._conditions()
        yield from map(self._medication, self._visit.medicines)
        for code, value in self._measured.items():
            sign = VITAL_BY_CODE[code]
            yield self._observation(Test(code, sign.name, sign.unit), Section.VITALS, value)
        for test in self._tests():
            yield self._observation(test, Section.RESULTS, self._result(test))

    def _uid(self, what: str) -> bytes:
        return uid_from_name(f"{self._life.source_id}|visit {self._visit.number}|{what}|")

    def _visit_itself(self) -> Encounter:
        visit = self._visit
        return Encounter(
            uid=self._encounter,
            at=visit.at,
            kind=visit.kind,
            reason=visit.reason,
            diagnosis="; ".join(visit.diagnoses),
            treatment=", ".join(medicine.name for medicine in visit.medicines),
            notes=f"Temperature {self._measured['8310-5']} °C. {visit.advice}",
            author=visit.author,
            origin=ORIGIN,
        )

    # ---- what was found

    def _conditions(self) -> Iterator[Condition]:
        for name in self._visit.passing:
            over = self._visit.at + int(4 + self._chance.random() * 9) * DAY_MS
            yield self._condition(name, over if over < self._life.today else None)
        for illness in self._life.found_at(self._visit.number):
            yield self._condition(illness.name, None)

    def _condition(self, name: str, ended_at: int | None) -> Condition:
        return Condition(
            uid=self._uid(f"condition {name}"),
            at=self._visit.at,
            name=name,
            status="active" if ended_at is None else "resolved",
            ended_at=ended_at,
            encounter=self._encounter,
            author=self._visit.author,
            origin=ORIGIN,
        )

    # ---- what was given

    def _medication(self, medicine: Medicine) -> Medication:
        over = medicine.days and self._visit.at + medicine.days * DAY_MS < self._life.today
        return Medication(
            uid=self._uid(f"medicine {medicine.name}"),
            at=self._visit.at,
            name=medicine.name,
            dose=medicine.dose_for(float(self._measured["29463-7"])),
            status="stopped" if over else "active",
            reason=_LASTING.get(medicine.name, self._visit.diagnoses[0]),
            encounter=self._encounter,
            author=self._visit.author,
            origin=ORIGIN,
        )

    # ---- what was measured and tested

    def _observation(self, test: Test, section: Section, value: str) -> Observation:
        return Observation(
            uid=self._uid(f"observation {test.code}"),
            at=self._visit.at,
            section=section,
            code=test.code,
            name=test.name,
            value=value,
            unit=test.unit,
            text=test.words,
            encounter=self._encounter,
            author=self._visit.author,
            origin=ORIGIN,
        )

    def _tests(self) -> list[Test]:
        """Each test once: the usual ones in passing, those of the visit, and what a chronic
        illness makes of them, which lasts longer than malaria does."""
        passing = (USUAL_HAEMOGLOBIN, USUAL_GLUCOSE) if self._chance.random() < 0.18 else ()
        done = {test.code: test for test in (*passing, *self._visit.tests)}
        lasting = self._life.known_at(self._visit.number + 1)
        return list(
            (done | {t.code: t for i in lasting for t in i.tests if t.code in done}).values()
        )

    def _result(self, test: Test) -> str:
        if test.words:
            return ""
        return f"{test.low + self._chance.random() * (test.high - test.low):.{test.decimals}f}"

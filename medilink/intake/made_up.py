"""Made-up patients: believable, wholly synthetic people of East African primary care.

For trying MediLink out, for demonstrations and benches. The same seed and day give the same people,
whatever was asked before; none of them lives. Children grow from visit to visit, blood pressure
rises until it is treated, and nobody is given what they are allergic to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from medilink.days import DAY_MS
from medilink.intake.made_up_body import make_body
from medilink.intake.made_up_entries import ORIGIN, VisitEntries
from medilink.intake.made_up_illnesses import ALERTS, ALLERGIES, CHRONICS
from medilink.intake.made_up_names import made_up_names, made_up_person
from medilink.intake.made_up_visits import Course, Life, Visit, make_visit
from medilink.receiving import ReceivedEntry, ReceivedPatient
from medilink.records import Alert, Allergy, Condition, Entry, Medication
from security.codes import uid_from_name

__all__ = ["made_up_names", "made_up_patients"]

_LOOKS_BACK_DAYS = 4 * 365
_YOUNGEST_DAYS = 3  # two visits on two days need that long
_FEWEST_VISITS, _MOST_VISITS = 2, 8
_KNOWN_BEFORE = 0.6  # of chronic illnesses; the others are found in one of the visits
_HAS_ALLERGY, _HAS_ALERT = 0.16, 0.06


def made_up_patients(seed: int, count: int, today: date) -> Iterator[ReceivedPatient]:
    """`count` people with two to eight visits each, the last before `today`."""
    for number in range(count):
        yield _patient(seed, number, today)


def _patient(seed: int, number: int, today: date) -> ReceivedPatient:
    """One person; of the others only the seed is shared, so that any number of them agree."""
    chance = Random(f"patient/{seed}/{number}")  # noqa: S311 - made-up people, not secrets
    details, born = made_up_person(chance, today - timedelta(days=_YOUNGEST_DAYS))
    days = _visit_days(chance, born, today)
    source_id = f"made-up|{seed}|{number}"
    allergies = _allergies(chance, source_id, days[0])
    life = Life(
        source_id=source_id,
        body=make_body(chance, details.sex),
        born=born,
        today=_midnight(today),
        courses=tuple(_courses(chance, born, days)),
        allergies=tuple(allergy.substance for allergy in allergies),
    )
    visits = [make_visit(chance, life, at, day) for at, day in enumerate(days)]
    before = [*_alerts(chance, life, visits), *allergies, *_known_before(life, visits[0])]
    entries = [_received(seed, number, "history", before)] if before else []
    for visit in visits:
        written = list(VisitEntries(chance, life, visit))
        entries.append(_received(seed, number, f"visit {visit.number}", written))
    return ReceivedPatient(source_id, details, entries)


def _visit_days(chance: Random, born: date, today: date) -> list[date]:
    """Different days from birth, or four years back, to yesterday."""
    first = max(born, today - timedelta(days=_LOOKS_BACK_DAYS))
    span = (today - first).days
    wanted = _FEWEST_VISITS + int(chance.random() * (_MOST_VISITS - _FEWEST_VISITS + 1))
    days: set[int] = set()
    while len(days) < min(wanted, span):
        days.add(int(chance.random() * span))
    return [first + timedelta(days=day) for day in sorted(days)]


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp()) * 1000


def _received(seed: int, number: int, what: str, written: list[Entry]) -> ReceivedEntry:
    """What stands for the bytes of another system: where these entries came from."""
    told = {"made up": what, "seed": seed, "person": number}
    return ReceivedEntry("made-up record", what, json.dumps(told).encode(), tuple(written))


# ---- what was there before the first visit


def _courses(chance: Random, born: date, days: list[date]) -> Iterator[Course]:
    """Chronic illnesses, likelier with age, and the visit each is found in."""
    for illness in CHRONICS:
        starts, certain = illness.ages
        years = [(day - born).days / 365.25 for day in days]
        reached = min(max((years[-1] - starts) / (certain - starts), 0), 1)
        draw, known, at = chance.random(), chance.random(), chance.random()
        if draw >= illness.likelihood * reached:
            continue
        old_enough = [n for n, age in enumerate(years) if age >= starts]
        if known < _KNOWN_BEFORE and old_enough[0] == 0:
            yield Course(illness, found=-1)
        else:
            yield Course(illness, found=old_enough[int(at * len(old_enough))])


def _allergies(chance: Random, source_id: str, first: date) -> list[Allergy]:
    if chance.random() >= _HAS_ALLERGY:
        return []
    drawn = chance.choices(ALLERGIES, [often for *_, often in ALLERGIES], k=2)
    kept = {substance: rest for substance, *rest in drawn[: 1 + (chance.random() < 0.2)]}
    return [
        Allergy(
            uid=uid_from_name(f"{source_id}|allergy {substance}|"),
            at=_midnight(first),
            substance=substance,
            reaction=str(reaction),
            severity=str(severity),
            origin=ORIGIN,
        )
        for substance, (reaction, severity, _) in kept.items()
    ]


def _alerts(chance: Random, life: Life, visits: list[Visit]) -> Iterator[Alert]:
    """Warnings that go with an illness, and now and then one about how somebody lives."""
    told = {c.illness.alert: visits[max(c.found, 0)] for c in life.courses if c.illness.alert}
    if chance.random() < _HAS_ALERT:
        told[ALERTS[int(chance.random() * len(ALERTS))]] = visits[0]
    for text, visit in told.items():
        uid = uid_from_name(f"{life.source_id}|alert {text}|")
        yield Alert(uid, visit.at, text, author=visit.author, origin=ORIGIN)


def _known_before(life: Life, first: Visit) -> Iterator[Entry]:
    """Chronic illnesses known for some months, with the medicines taken for them since."""
    at = first.at - 200 * DAY_MS
    for illness in life.known_at(0):
        uid = uid_from_name(f"{life.source_id}|condition {illness.name}|")
        yield Condition(uid, at, illness.name, origin=ORIGIN)
        for medicine in illness.medicines:
            yield Medication(
                uid=uid_from_name(f"{life.source_id}|medicine {medicine.name}|"),
                at=at,
                name=medicine.name,
                dose=medicine.dose_for(life.body.weight(first.years)),
                reason=illness.name,
                origin=ORIGIN,
            )

"""What happens at one visit of a made-up patient: why they come, what is found and given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from medilink.intake.made_up_body import Body, State
from medilink.intake.made_up_illnesses import (
    ILLNESSES,
    USUAL_HAEMOGLOBIN,
    Chronic,
    Illness,
    Medicine,
    Test,
)
from medilink.intake.made_up_words import STAFF
from medilink.people import Sex

_OPENS, _OPEN_SECONDS = time(5, 0), 9 * 3600  # 8 to 17 o'clock in Nairobi, in UTC
_IRON = Medicine("Ferrous sulfate with folic acid", ((0, "1 tablet daily"),), 90)


@dataclass(frozen=True, slots=True)
class Course:
    """A chronic illness of somebody: at which visit it was found; -1 for one known before."""

    illness: Chronic
    found: int


@dataclass(frozen=True, slots=True)
class Life:
    """Somebody as far as visits depend on it. `today` in milliseconds ends what is over by then."""

    source_id: str
    body: Body
    born: date
    today: int
    courses: tuple[Course, ...]
    allergies: tuple[str, ...]

    def known_at(self, number: int) -> list[Chronic]:
        """What is known when a visit begins."""
        return [course.illness for course in self.courses if course.found < number]

    def found_at(self, number: int) -> list[Chronic]:
        return [course.illness for course in self.courses if course.found == number]


@dataclass(slots=True)
class Visit:
    """One visit while it is made up."""

    number: int
    at: int
    years: float
    author: str
    kind: str = "Consultation"
    reason: str = ""
    diagnoses: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    advice: str = ""
    state: State = State()
    medicines: list[Medicine] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)


def make_visit(chance: Random, life: Life, number: int, day: date) -> Visit:
    """What somebody comes with on this day, and what is found and given."""
    opens = datetime.combine(day, _OPENS, UTC) + timedelta(seconds=chance.random() * _OPEN_SECONDS)
    visit = Visit(
        number=number,
        at=int(opens.timestamp()) * 1000,
        years=(day - life.born).days / 365.25,
        author=STAFF[int(chance.random() * len(STAFF))],
    )
    known = life.known_at(number)
    draw = chance.random()
    if known and draw < 0.5:
        _review(visit, known)
    elif visit.years < 5 and draw < 0.3:
        _well_child(visit)
    elif _may_be_pregnant(life, visit) and draw < 0.14:
        _antenatal(visit, chance)
    else:
        _falls_ill(visit, chance, life)
    _finds(visit, life.found_at(number))
    visit.state = _with_pressure(visit, life, chance)
    return visit


# ---- why somebody comes


def _review(visit: Visit, known: list[Chronic]) -> None:
    visit.kind = "Chronic care"
    visit.reason = known[0].review
    visit.diagnoses = [illness.name for illness in known]
    visit.tests = [test for illness in known for test in illness.tests]
    visit.advice = "Medicines continued. Next review in one month."


def _well_child(visit: Visit) -> None:
    visit.kind, visit.reason = "Child health visit", "Growth monitoring and vaccines"
    visit.diagnoses = ["Healthy child"]
    visit.advice = "Vaccines given as due. Weight plotted. Feeding talked through with the mother."


def _may_be_pregnant(life: Life, visit: Visit) -> bool:
    return life.body.sex is Sex.FEMALE and 17 <= visit.years <= 42


def _antenatal(visit: Visit, chance: Random) -> None:
    weeks = 14 + int(chance.random() * 24)
    visit.kind, visit.reason = "Antenatal visit", "Antenatal care"
    visit.diagnoses = [f"Pregnancy, {weeks} weeks"]
    visit.medicines, visit.tests = [_IRON], [USUAL_HAEMOGLOBIN]
    visit.advice = "Fetal heart heard. Danger signs and birth plan talked through."


def _falls_ill(visit: Visit, chance: Random, life: Life) -> None:
    fitting = [i for i in ILLNESSES if i.ages[0] <= visit.years <= i.ages[1]]
    illness = chance.choices(fitting, [i.often for i in fitting])[0]
    low, high = illness.fever
    visit.reason, visit.advice = illness.reason, illness.advice
    visit.diagnoses, visit.passing = [illness.name], [illness.name]
    visit.medicines, visit.tests = _allowed(illness, life), list(illness.tests)
    visit.state = State(
        fever=low + chance.random() * (high - low),
        breath=illness.breath * (0.5 + 0.5 * chance.random()),
        less_oxygen=illness.less_oxygen * chance.random(),
    )


def _allowed(illness: Illness, life: Life) -> list[Medicine]:
    """The medicines, another one in place of what the patient is allergic to."""
    given = [m for m in illness.medicines if m.forbidden_by not in life.allergies]
    if len(given) < len(illness.medicines) and illness.instead:
        given.insert(0, illness.instead)
    return given


def _finds(visit: Visit, found: Sequence[Chronic]) -> None:
    """A chronic illness comes to light beside what the patient came for."""
    for illness in found:
        visit.diagnoses.append(f"{illness.name}, new")
        visit.medicines += illness.medicines
        visit.tests += illness.tests


def _with_pressure(visit: Visit, life: Life, chance: Random) -> State:
    """High pressure rises until it is found, and falls, not always enough, once it is treated."""
    course = next((c for c in life.courses if c.illness.name == "Hypertension"), None)
    if course is None:
        return visit.state
    treated = visit.number - course.found
    over = 34 + 3 * visit.number if treated <= 0 else 8 + 30 * 0.6**treated
    was = visit.state
    return State(was.fever, was.breath, was.less_oxygen, over + chance.random() * 8)

"""Guardians and children: who may be one, and until when. Pure.

A guardian sees and shares the child's record. The right ends on the birthday the clinic has set,
judged at every opening; where only a year or a month is known, on the earliest day that birthday
can be: what is not certain is not open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from medilink.errors import ChildIsGrown, Missing, NotValid, ParentYounger
from medilink.people import Patient, PatientId

YOUNGEST_PARENT_YEARS = 10  # a mother of eleven is sad and real; a younger one is a typing error


class Relation(StrEnum):
    """How a guardian belongs to a child."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    GUARDIAN = "guardian"


PARENTS = frozenset({Relation.MOTHER, Relation.FATHER, Relation.GRANDPARENT})


@dataclass(frozen=True, slots=True)
class Guardianship:
    """`guardian` is a patient too: whoever signs in as that person acts for the child. `adult_age`:
    what the clinic had set then; a later setting may end the right sooner, never later."""

    id: int
    child: PatientId
    guardian: PatientId
    relation: Relation
    since: int
    ended_at: int | None = None
    adult_age: int = 0


def grown_up_at(birth_date: str, adult_age: int) -> int | None:
    """The moment, milliseconds UTC, from which somebody is an adult at the earliest. None without a
    birth date."""
    if not birth_date:
        return None
    year, month, day = (*(int(part) for part in birth_date.split("-")), 1, 1)[:3]
    try:
        birthday = date(year + adult_age, month, day)
    except ValueError:  # born on 29 February
        birthday = date(year + adult_age, 3, 1)
    start = datetime(birthday.year, birthday.month, birthday.day, tzinfo=UTC)
    return int(start.timestamp() * 1000)


def check_guardian(
    child: Patient, guardian: Patient, relation: Relation, *, adult_age: int, now: int
) -> None:
    """Raise Missing without a birth date of the child, ChildIsGrown, ParentYounger, NotValid for
    somebody who would be their own guardian."""
    if child.id == guardian.id:
        raise NotValid
    grown = grown_up_at(child.details.birth_date, adult_age)
    if grown is None:
        raise Missing(field="Birth date")
    if now >= grown:
        raise ChildIsGrown
    born = guardian.details.birth_date
    if not born:
        return
    if relation in PARENTS and not older_by(born, child.details.birth_date, YOUNGEST_PARENT_YEARS):
        raise ParentYounger


def older_by(one: str, other: str, years: int) -> bool:
    """Whether a birth date can lie `years` before another, as far as both are known."""
    return int(one[:4]) + years <= int(other[:4])

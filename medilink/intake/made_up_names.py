"""Names, ages and places of made-up people: common names often, thousands of rare ones seldom.

Name search is only tested honestly by such a long tail: in 100,000 people there are more than
8,000 different words, and the commonest belong to many hundreds.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from medilink.intake.made_up_words import PEOPLES, TAILS, People
from medilink.people import PatientDetails, Sex

_INVENTED_FAMILIES = 3_000  # for each people, behind its common ones
_FLATTEN = 5  # ranks: how many names share the top before the distribution falls
_FALL = 1.2  # Zipf's exponent: more than half of the people have one of the common names
_OTHER_SCRIPT = 0.2  # share written in Ethiopic or Arabic script, where a people has one
_HAS_PHONE = 0.72
_AGE_ESTIMATED = 0.18  # of adults: many know only the year, or guess it
_MOST_YEARS = 95
_CITIZENS_COUNTED = date(2024, 1, 1)  # the day ages are counted from where no day is given


def made_up_names(seed: int, count: int) -> Iterator[PatientDetails]:
    """`count` people with nothing written about them; the same ones for the same seed."""
    chance = Random(f"names/{seed}")  # noqa: S311 - made-up people, not secrets
    for _ in range(count):
        yield made_up_person(chance, _CITIZENS_COUNTED)[0]


def made_up_person(chance: Random, today: date) -> tuple[PatientDetails, date]:
    """Somebody, and the day they were really born (their record may only say the year)."""
    people = PEOPLES[bisect(_SHARES, chance.random() * _SHARES[-1])]
    sex = Sex.FEMALE if chance.random() < 0.54 else Sex.MALE
    given, family = _name(chance, people, sex)
    born = today - timedelta(days=int(_age_years(chance) * 365.25))
    written, estimated = _as_known(chance, born, today)
    return PatientDetails(
        given=given,
        family=family,
        sex=sex,
        birth_date=written,
        birth_estimated=estimated,
        phone=_phone(chance, people) if chance.random() < _HAS_PHONE else "",
        village=_one(chance, people.villages),
    ), born


_SHARES = list(accumulate(people.share for people in PEOPLES))


def _one(chance: Random, of: Sequence[str]) -> str:
    return of[int(chance.random() * len(of))]


# ---- names


def _name(chance: Random, people: People, sex: Sex) -> tuple[str, str]:
    if people.scripts and chance.random() < _OTHER_SCRIPT:
        women, men, families = people.scripts
        return _one(chance, women if sex is Sex.FEMALE else men), _one(chance, families)
    given = _by_rank(chance, people.women if sex is Sex.FEMALE else people.men)
    if chance.random() < 0.12:  # two given names
        given = f"{given} {_by_rank(chance, people.women if sex is Sex.FEMALE else people.men)}"
    return given, _by_rank(chance, _families(people.tail, people.families))


def _by_rank(chance: Random, names: tuple[str, ...]) -> str:
    """A name, the earlier ones of the list more often."""
    weights = _weights(len(names))
    return names[bisect(weights, chance.random() * weights[-1])]


@cache
def _weights(count: int) -> list[float]:
    return list(accumulate(math.pow(rank + _FLATTEN, -_FALL) for rank in range(count)))


@cache
def _families(tail: str, common: tuple[str, ...]) -> tuple[str, ...]:
    """Common family names, then invented ones: always the same, whatever the seed."""
    chance = Random(f"families/{common[0]}/{tail}")  # noqa: S311 - made-up names, not secrets
    starts, middles, ends = (part.split() for part in TAILS[tail])
    names = dict.fromkeys(common)
    while len(names) < len(common) + _INVENTED_FAMILIES:
        middle = "".join(_one(chance, middles) for _ in range(1 + (chance.random() < 0.4)))
        names[_one(chance, starts) + middle + _one(chance, ends)] = None
    return tuple(names)


# ---- the rest


def _age_years(chance: Random) -> float:
    """A young population that comes to a clinic: a quarter under five, few over seventy."""
    if chance.random() < 0.26:
        return 5 * math.pow(chance.random(), 1.4)
    return 5 + (_MOST_YEARS - 5) * math.pow(chance.random(), 1.9)


def _as_known(chance: Random, born: date, today: date) -> tuple[str, bool]:
    """The birth date as somebody tells it: the day, the month, the year or a guess at the year."""
    adult = (today - born).days > 18 * 366
    known = chance.random()
    if adult and known < _AGE_ESTIMATED:
        return f"{born.year:04d}", True
    if adult and known < _AGE_ESTIMATED + 0.07:
        return born.isoformat()[:7], False
    return born.isoformat(), False


def _phone(chance: Random, people: People) -> str:
    return f"{people.dials}{int(chance.random() * 10**8):08d}"

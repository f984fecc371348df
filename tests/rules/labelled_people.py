"""A register with people in it twice, and others who only look it: who is who is known.

Seeded. People come from the made-up names of Eastern Africa; the errors are those of a registration
desk and know nothing of the rules that look for them: keys beside each other, letters dropped,
doubled or swapped, spellings by another clerk's ear, names swapped, shortened or added, birth dates
misread, phones and places that changed. Beside them stand the hard cases: twins, brothers and
sisters, husband and wife on one phone, father and son of one name, two strangers of one name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from medilink.intake.made_up import made_up_names
from medilink.people import PatientDetails, Sex

BESIDE = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o",
    "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc",
    "y": "tu", "z": "x",
}  # fmt: skip
# As clerks write what they hear; from lists of spellings in use, either way round.
HEARD = (
    ("mohamed", "muhammad"), ("mohammed", "mohamed"), ("wanjiku", "wanjiko"), ("njeri", "njery"),
    ("achieng", "acheng"), ("otieno", "otyeno"), ("kipchoge", "kipchogei"), ("fatuma", "fatma"),
    ("hassan", "hasan"), ("abdi", "abdhi"), ("ks", "x"), ("ll", "l"), ("ph", "f"), ("y", "i"),
    ("kw", "qu"), ("sh", "ch"), ("r", "l"), ("d", "t"), ("g", "k"), ("ee", "i"), ("oo", "u"),
    ("aa", "a"), ("c", "k"), ("z", "s"), ("th", "t"), ("w", "ou"), ("ai", "ei"), ("mb", "mp"),
)  # fmt: skip
SECOND_NAMES = ("Mary", "Joseph", "Grace", "Ali", "Faith", "Daniel", "Esther", "Omar", "Ruth")


@dataclass(frozen=True)
class Labelled:
    """The register, and which two places hold one person."""

    people: list[PatientDetails]
    same: frozenset[tuple[int, int]]


def labelled(seed: int, persons: int = 3_000, twice: int = 600, hard: int = 600) -> Labelled:
    """`persons` different people, `twice` of them registered again, `hard` look-alikes more."""
    chance = Random(f"labelled/{seed}")
    people = list(made_up_names(seed, persons))
    same = set()
    for number in chance.sample(range(persons), twice):
        same.add((number, len(people)))
        people.append(again(chance, people[number]))
    for number in chance.sample(range(persons), hard):
        people.extend(look_alikes(chance, people[number]))
    return Labelled(people, frozenset(same))


# ---- the same person once more


def again(chance: Random, person: PatientDetails) -> PatientDetails:
    """A second registration: one to three things are different, seldom none."""
    for _ in range(chance.choices((0, 1, 2, 3), (5, 45, 35, 15))[0]):
        person = chance.choices(
            (_misspelt, _renamed, _misdated, _moved, _called, _missexed), (40, 15, 18, 12, 14, 1)
        )[0](chance, person)
    return person


def _misspelt(chance: Random, person: PatientDetails) -> PatientDetails:
    if chance.random() < 0.5 and person.family:
        return replace(person, family=_slip(chance, person.family))
    return replace(person, given=_slip(chance, person.given))


def _slip(chance: Random, name: str) -> str:
    if len(name) < 4 or not name.isascii():
        return name
    if chance.random() < 0.45:
        pairs = [*HEARD, *((b, a) for a, b in HEARD)]
        chance.shuffle(pairs)
        lower = name.lower()
        for one, other in pairs:
            if one in lower:
                return lower.replace(one, other, 1).title()
    place = chance.randrange(1, len(name) - 1)
    letter = name[place].lower()
    kind = chance.randrange(4)
    if kind == 0:
        return name[:place] + name[place + 1 :]
    if kind == 1:
        return name[:place] + letter + name[place:]
    if kind == 2:
        return name[:place] + name[place + 1].lower() + letter + name[place + 2 :]
    return name[:place] + chance.choice(BESIDE.get(letter, letter)) + name[place + 1 :]


def _renamed(chance: Random, person: PatientDetails) -> PatientDetails:
    words = person.given.split()
    kind = chance.randrange(3)
    if kind == 0:
        return replace(person, given=person.family, family=person.given)
    if kind == 1 and len(words) > 1:
        return replace(person, given=words[0])
    return replace(person, given=f"{person.given} {chance.choice(SECOND_NAMES)}")


def _misdated(chance: Random, person: PatientDetails) -> PatientDetails:
    born = person.birth_date
    if not born:
        return person
    if len(born) < 10:
        year = int(born[:4]) + chance.choice((-2, -1, 1, 2))
        return replace(person, birth_date=str(min(year, 2024)), birth_estimated=True)
    year, month, day = (int(part) for part in born.split("-"))
    kind = chance.randrange(5)
    if kind == 0 and day <= 12:
        month, day = day, month
    elif kind == 1:
        year += chance.choice((-1, 1))
    elif kind == 2:
        return replace(person, birth_date=f"{year:04d}", birth_estimated=chance.random() < 0.5)
    elif kind == 3:
        return replace(person, birth_date="")
    else:
        day = max(1, min(28, day + chance.choice((-10, 10, -1, 1))))
    return replace(person, birth_date=f"{min(year, 2024):04d}-{month:02d}-{min(day, 28):02d}")


def _moved(chance: Random, person: PatientDetails) -> PatientDetails:
    other = next(made_up_names(chance.randrange(10**6), 1)).village
    return replace(person, village=chance.choice((other, "", _slip(chance, person.village))))


def _called(chance: Random, person: PatientDetails) -> PatientDetails:
    return replace(person, phone=chance.choice(("", _phone(chance))))


def _missexed(chance: Random, person: PatientDetails) -> PatientDetails:
    other = {Sex.FEMALE: Sex.MALE, Sex.MALE: Sex.FEMALE}
    return replace(person, sex=other.get(person.sex, person.sex))


def _phone(chance: Random) -> str:
    return f"+2547{chance.randrange(10**8):08d}"


# ---- other people


def look_alikes(chance: Random, person: PatientDetails) -> Iterator[PatientDetails]:
    """Somebody who is not this person and looks like it."""
    stranger = next(made_up_names(chance.randrange(10**6), 1))
    kind = chance.randrange(6)
    if kind == 0:  # twins
        yield replace(person, given=stranger.given, sex=stranger.sex)
    elif kind == 1:  # brother or sister on the mother's phone
        yield replace(person, given=stranger.given, sex=stranger.sex,
                      birth_date=_later(chance, person, 1, 8))  # fmt: skip
    elif kind == 2:  # husband and wife
        yield replace(person, given=stranger.given, birth_date=_later(chance, person, -7, 7),
                      sex=Sex.MALE if person.sex is Sex.FEMALE else Sex.FEMALE)  # fmt: skip
    elif kind == 3:  # father and son of one name
        yield replace(person, birth_date=_later(chance, person, -38, -18), birth_estimated=False)
    elif kind == 4:  # two strangers of one name
        yield replace(stranger, given=person.given, family=person.family, sex=person.sex)
    else:  # one name in one village, years apart
        yield replace(person, birth_date=_later(chance, person, 3, 15), phone=_phone(chance),
                      birth_estimated=False)  # fmt: skip


def _later(chance: Random, person: PatientDetails, least: int, most: int) -> str:
    born = person.birth_date or "1990"
    start = date(int(born[:4]), 1, 1) + timedelta(days=chance.randrange(365))
    year = max(1925, min(2024, start.year + chance.randint(least, most)))
    if year == int(born[:4]):
        year -= 4
    return start.replace(year=year, day=min(start.day, 28)).isoformat()

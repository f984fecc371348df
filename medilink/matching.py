"""Is this the same person, registered twice? Pure.

Method: Fellegi and Sunter, A theory for record linkage, JASA 64 (1969) 1183: each field that is
compared adds a weight (base-2 logarithm of how much likelier this agreement is among the same
person than among two). Jaro-Winkler for names (Winkler 1990). The weights were set by hand on one
seed of the labelled set (tests/rules/labelled_people.py) and are measured on others.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from typing import NamedTuple, TypeVar

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from medilink.names import sound_key
from medilink.people import PatientDetails, Sex, fold

SUSPECTED_FROM = 7.8  # weight from which a pair is put before staff
SHOWN_FROM = 3.5  # the same while somebody is being registered, often with less to go by
TOKENS_COMPARED = 4  # words of a name
BLOCK_AT_MOST = 60  # people under one key, beyond which the birth year must agree too

RARE, RARE_AT_MOST = "r", 12  # a name so rare that it alone is worth a look

Key = TypeVar("Key")


class Likeness(NamedTuple):
    """How much speaks for one person, and what, in plain words with the strongest first."""

    weight: float
    reasons: tuple[str, ...]


REASON_WORDS = (
    "same name",
    "names sound alike",
    "names written differently",
    "names swapped",
    "same birth date",
    "birth date written differently",
    "same birth year",
    "birth years close",
    "same phone",
    "same place",
    "sex differs",
    "birth dates differ",
    "phones differ",
)


@dataclass(frozen=True, slots=True)
class Face:
    """A person as they are compared: folded words of the name, the rest as it is."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    details: PatientDetails
    village: str

    @property
    def words(self) -> tuple[str, ...]:
        return self.given + self.family


def face_of(details: PatientDetails) -> Face:
    """What is compared of a person."""
    return Face(
        _words(details.given),
        _words(details.family),
        details,
        fold(details.village),
    )


# Words that stand before names and tell nobody apart.
PARTICLES = frozenset("ole wa abd abdi al el bin binti ibn mac van de da ab abu arap".split())


def _words(name: str) -> tuple[str, ...]:
    words = fold(name).split()
    return tuple([w for w in words if w not in PARTICLES] or words)[:TOKENS_COMPARED]


Rarity = Mapping[str, float]  # word of a name → what its agreement adds or takes
NOBODY_COUNTED: Rarity = {}


def rarity(faces: Iterable[Face]) -> Rarity:
    """How rare each word is in this register: agreeing on a rare name tells more (Fellegi and
    Sunter's value-specific weights), from -1 for the commonest to +1."""
    counts = Counter(word for face in faces for word in face.words)
    whole = sum(counts.values()) or 1
    usual = -math.log2(20 / 10_000)
    return {
        word: max(-1.0, min(1.0, (-math.log2(count / whole) - usual) / 3))
        for word, count in counts.items()
    }


def likeness(one: Face, other: Face, rare: Rarity = NOBODY_COUNTED) -> Likeness:
    """How much speaks for these two being one person; below 0: against."""
    told = [*_names(one, other, rare), *_births(one.details, other.details), *_rest(one, other)]
    told.sort(key=lambda part: -abs(part[0]))
    return Likeness(sum(weight for weight, _ in told), tuple(r for _, r in told if r))


Told = list[tuple[float, str]]


# ---- names

_SAME, _SOUNDS, _CLOSE, _ALIKE, _OTHER = 4.0, 3.0, 2.2, 0.6, -8.5
MOST_FOR_NAMES = 9.0  # a third name tells less than the first two: fathers give all theirs


@lru_cache(maxsize=200_000)
def _word_weight(one: str, other: str) -> float:
    """What two words of names say: the same, the same by ear, a slip of the pen, others."""
    if one == other:
        return _SAME if len(one) > 2 else _CLOSE
    if len(one) == 1 or len(other) == 1:
        return 0.5 if one[:1] == other[:1] else -2.0  # an initial
    heard = sound_key(one) == sound_key(other)
    near = JaroWinkler.similarity(one, other)
    if heard and near >= 0.78 and len(sound_key(one)) > 1:
        return _SOUNDS
    slips = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    shorter = min(len(one), len(other))
    if not one.isascii():  # a letter of Ethiopic or Arabic script is a syllable, or a root
        return _CLOSE if slips == 1 and shorter >= 6 else _OTHER
    short_slip = slips == 1 and shorter == 3 and one[0] == other[0]
    if (
        short_slip
        or (slips == 1 and shorter >= 4)
        or (slips == 2 and shorter >= 7 and near >= 0.85)
    ):
        return _CLOSE
    if shorter >= 4 and (one.startswith(other) or other.startswith(one)):
        return _CLOSE
    if slips <= 2 and shorter >= 5 and near >= 0.84:
        return _ALIKE
    return _OTHER


def _names(one: Face, other: Face, rare: Rarity) -> Told:
    weight, swapped = _aligned(one, other)
    if weight > 0 and rare:
        shared = set(one.words) & set(other.words)
        weight += sum(rare.get(word, 0.0) for word in shared)
    exact = set(one.words) == set(other.words)
    if exact:
        words = "same name"
    elif weight > 5:
        words = "names sound alike"
    elif weight > 0:
        words = "names written differently"
    else:
        words = ""
    return [(weight, words), (0.0, "names swapped" if swapped and weight > 0 else "")]


def _aligned(one: Face, other: Face) -> tuple[float, bool]:
    """The best way to lay the words of two names beside each other: every word of the shorter one
    must find its own. Left-over words say little: second names come and go."""
    short, long = sorted((one.words, other.words), key=len)
    if not short:
        return 0.0, False
    best = max(
        sum(_word_weight(word, long[place]) for word, place in zip(short, places, strict=True))
        for places in permutations(range(len(long)), len(short))
    )
    left = len(long) - len(short)
    alone = -4.0 if len(short) == 1 else 0.0  # one word alone is half a name
    straight = _straight(one, other)
    return min(best, MOST_FOR_NAMES) - 0.8 * left + alone, best > straight + 2


def _straight(one: Face, other: Face) -> float:
    pairs = [
        *zip(one.given, other.given, strict=False),
        *zip(one.family, other.family, strict=False),
    ]
    return sum(_word_weight(a, b) for a, b in pairs)


# ---- birth dates


def _births(one: PatientDetails, other: PatientDetails) -> Told:
    a, b = one.birth_date, other.birth_date
    if not a or not b:
        return []
    guessed = one.birth_estimated or other.birth_estimated
    years = abs(int(a[:4]) - int(b[:4]))
    if a == b and len(a) == 10 and not guessed:
        return [(6.0, "same birth date")]
    if len(a) == len(b) == 10 and not guessed:
        return [_whole_dates(a, b, years)]
    common = min(len(a), len(b))
    if a[:common] == b[:common]:
        return [(3.2 if common == 7 else 1.8, "same birth year")]
    if years <= (2 if guessed else 1):
        return [(0.3 if guessed else -1.5, "birth years close")]
    return [(-6.5 if years > 6 else -5.0, "birth dates differ")]


def _whole_dates(a: str, b: str, years: int) -> tuple[float, str]:
    """Two full dates that differ: slips of the pen, or two people."""
    (ya, ma, da), (yb, mb, db) = a.split("-"), b.split("-")
    if ya == yb and (ma, da) == (db, mb):
        return 4.5, "birth date written differently"
    slips = DamerauLevenshtein.distance(a.replace("-", ""), b.replace("-", ""), score_cutoff=2)
    if slips == 1:
        return (2.6 if years <= 10 else 1.6), "birth date written differently"
    if ya == yb and "01-01" in (a[5:], b[5:]):
        return 2.0, "same birth year"
    if ya == yb and (ma == mb or da == db):
        return -0.8, "same birth year"
    if years == 1 and (ma, da) == (mb, db):
        return 2.6, "birth years close"
    return (-10.0 if years > 12 else -6.0 if years > 1 else -4.0), "birth dates differ"


# ---- the rest


def _rest(one: Face, other: Face) -> Told:
    told: Told = []
    a, b = one.details, other.details
    if Sex.UNKNOWN not in (a.sex, b.sex):
        told.append((0.4, "") if a.sex is b.sex else (-3.0, "sex differs"))
    if a.phone and b.phone:
        told.append((3.0, "same phone") if a.phone == b.phone else (-1.2, "phones differ"))
    if one.village and other.village:
        near = one.village == other.village or (
            JaroWinkler.similarity(one.village, other.village) >= 0.88
        )
        told.append((1.6, "same place") if near else (-0.8, ""))
    return told


def worth_a_glance(one: PatientDetails, other: PatientDetails) -> bool:
    """Whether a known person is shown to whoever registers another: more freely than a suspicion,
    because looking up costs a moment and a second registration costs much."""
    return likeness(face_of(one), face_of(other)).weight >= SHOWN_FROM


# ---- candidates: not every pair of a hundred thousand


def suspected_pairs(
    people: Sequence[tuple[Key, PatientDetails]],
) -> Iterator[tuple[Key, Key, Likeness]]:
    """Every suspected pair of a whole register, each once, without comparing all with all."""
    faces = [face_of(details) for _, details in people]
    compared: set[tuple[int, int]] = set()
    rare = rarity(faces)
    for block in _blocks(faces):
        for pair in combinations(block, 2):
            if pair in compared:
                continue
            compared.add(pair)
            found = likeness(faces[pair[0]], faces[pair[1]], rare)
            if found.weight >= SUSPECTED_FROM:
                yield people[pair[0]][0], people[pair[1]][0], found


def _blocks(faces: Sequence[Face]) -> Iterator[list[int]]:
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, face in enumerate(faces):
        for key in set(block_keys(face)):
            by_key[key].append(number)
    for key, members in by_key.items():
        if len(members) <= (RARE_AT_MOST if key[0] == RARE else BLOCK_AT_MOST):
            yield members
        elif key[0] != RARE:
            yield from _by_year(faces, members)


def _by_year(faces: Sequence[Face], members: Sequence[int]) -> Iterator[list[int]]:
    """A crowd of one name: those born in the same or the next year; without a year, nobody."""
    years: dict[int, list[int]] = defaultdict(list)
    for number in members:
        born = faces[number].details.birth_date[:4]
        if born:
            years[int(born)].append(number)
    for year, crowd in years.items():
        yield crowd[: BLOCK_AT_MOST * 4]
        if after := years.get(year + 1):
            yield sorted([*crowd, *after])[: BLOCK_AT_MOST * 4]


def block_keys(face: Face) -> Iterable[str]:
    """Keys of which two registrations of one person share at least one: two names by ear; two
    beginnings; one rare name; one name and the birth date, whatever its order; the phone."""
    sounds = sorted({sound_key(word)[:6] for word in face.words if len(word) > 1})
    starts = sorted({word[:3] for word in face.words if len(word) > 1})
    yield from (RARE + sound for sound in sounds if len(sound) > 2)
    for kind, keys in (("s", sounds), ("b", starts)):
        yield from (kind + "|".join(pair) for pair in combinations(keys, 2))
    born, phone = face.details.birth_date, face.details.phone
    if len(born) == 10:
        digits = "".join(sorted(born.replace("-", "")))
        yield from (f"d{digits}{sound[:4]}" for sound in sounds)
        yield from (f"e{born[:4]}{start}{face.village[:4]}" for start in starts)
    if phone:
        yield from (f"p{phone}{start[:1]}" for start in starts)

"""Does a patient react to a medicine, or to one of its relatives?

Pure. The table is `medilink.drug_classes`. A warning says why in words; a medicine that is not in
the table is never silently fine: ask `known`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from medilink.drug_classes import (
    CALLED,
    CALLED_ALLERGY,
    CLASSES,
    NO_NAMES,
    RELATED,
    SINGLE,
    STEMS,
    TRACES,
)
from medilink.people import fold
from medilink.records import Allergy

# How many letters may be wrong, left out, too many or swapped, by the length of the right name.
# Other medicines lie further away, or stand in the table (penicillamine beside penicillin).
MISSPELT_FROM = ((10, 2), (7, 1))
LONGEST_NAME_WORDS = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[+/,;&]|\b(?:and|with|na|et|avec|plus)\b", re.IGNORECASE)
SHORTEST_NAME = 4  # a shorter word that is in no table is an abbreviation of how often, or a unit


class Tie(StrEnum):
    """How a medicine and an allergy hang together."""

    SAME = "same"
    CLASS = "class"
    RELATED = "related"
    NAMED = "named"


class Warning(NamedTuple):  # noqa: A001 the clinic's own word
    """`medicine` and `substance` as the table names them, `group` the class they share, empty for
    the same substance."""

    allergy: Allergy
    tie: Tie
    medicine: str
    substance: str
    group: str = ""


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Everything that can be written → the substances meant, folded."""
    names = {fold(name): (name,) for names in CLASSES.values() for name in names}
    names |= {fold(name): (name,) for name in SINGLE}
    names |= {fold(group): (group,) for group in CLASSES}
    return names | {fold(said): meant for said, meant in CALLED.items()}


@cache
def _words_with_digits() -> frozenset[str]:
    return frozenset(
        word for name in _names() for word in name.split() if not word.isalpha() and len(word) > 1
    )


@cache
def _classes_of(substance: str) -> frozenset[str]:
    return frozenset(
        group for group, names in CLASSES.items() if substance in names or substance == group
    )


def substances_in(text: str) -> frozenset[str]:
    """The substances a typed text names: "Augmentin 625 mg" is amoxicillin and clavulanic acid."""
    words = _words(text)
    found: set[str] = set()
    for length in range(LONGEST_NAME_WORDS, 0, -1):  # "procaine penicillin" before "penicillin"
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length])
            meant = _names().get(said) or (_nearly(said) if length == 1 else ())
            if meant:
                found |= set(meant)
                words[start : start + length] = [""] * length
    return frozenset(found)


def _words(text: str) -> list[str]:
    """Words in which a name can stand: "500mg" is "mg", "3TC" stays."""
    found: list[str] = []
    for word in fold(text).split():
        found += [word] if word in _words_with_digits() else _LETTERS.findall(word)
    return found


@cache
def _nearly(word: str) -> tuple[str, ...]:
    """What a word means that is in no table as it stands: one letter off, then by WHO's stems, then
    two letters off. Nothing where two different substances are as near."""
    if word in NO_NAMES:
        return ()
    return _misspelt(word, 1) or _by_stem(word) or _misspelt(word, 2)


def _misspelt(word: str, letters: int) -> tuple[str, ...]:
    meant = {
        _names()[name]
        for name in _names()
        if name[:1] == word[:1]
        and any(len(name) >= length and letters <= most for length, most in MISSPELT_FROM)
        and OSA.distance(word, name, score_cutoff=letters) <= letters
    }
    return meant.pop() if len(meant) == 1 else ()


def _by_stem(word: str) -> tuple[str, ...]:
    return tuple(group for stem, group in STEMS if re.fullmatch(stem, word))[:1]


def known(medicine: str) -> bool:
    """Whether a medicine could be checked, every part of it: not "amoxicillin + muarubaini"."""
    if not substances_in(medicine):
        return False
    return all(substances_in(part) for part in _PARTS.split(medicine) if _names_in(part))


def reacts_to(medicine: str, allergies: Iterable[Allergy]) -> list[Warning]:
    """Why each of these allergies speaks against a medicine; empty where none does."""
    meant = substances_in(medicine)
    found = (_tie(medicine, meant, allergy) for allergy in allergies)
    return [warning for warning in found if warning]


def causes_in(allergy: str) -> frozenset[str]:
    """The substances or classes an allergy names; empty where MediLink does not know it."""
    called = {CALLED_ALLERGY[word] for word in fold(allergy).split() if word in CALLED_ALLERGY}
    return substances_in(allergy) | called


def _tie(medicine: str, meant: frozenset[str], allergy: Allergy) -> Warning | None:
    reacts = causes_in(allergy.substance)
    traces = {trace for drug in meant for trace in TRACES.get(drug, ())}
    if same := sorted((meant | traces) & reacts):
        return Warning(allergy, Tie.SAME, same[0], same[0])
    pairs = [(drug, cause) for drug in sorted(meant) for cause in sorted(reacts)]
    for drug, cause in pairs:
        if shared := sorted(_classes_of(drug) & _classes_of(cause)):
            return Warning(allergy, Tie.CLASS, drug, cause, shared[0])
    for drug, cause in pairs:
        if _related(drug, cause):
            return Warning(allergy, Tie.RELATED, drug, cause)
    if not reacts and _names_in(medicine) & _names_in(allergy.substance):
        return Warning(allergy, Tie.NAMED, medicine.strip(), allergy.substance)
    return None


def _names_in(text: str) -> set[str]:
    """The words of a text that can be the name of something."""
    return {word for word in _words(text) if len(word) >= SHORTEST_NAME and word not in NO_NAMES}


def _related(one: str, other: str) -> bool:
    return any(
        (a in _classes_of(one) and b in _classes_of(other))
        or (b in _classes_of(one) and a in _classes_of(other))
        for a, b in RELATED
    )

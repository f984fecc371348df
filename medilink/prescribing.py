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

from rapidfuzz import fuzz, process

from medilink.drug_classes import CALLED, CLASSES, RELATED, SINGLE
from medilink.people import fold
from medilink.records import Allergy

# Two names of 7 letters and more that differ in one letter are alike to 86; "cefixime" and
# "cefotaxime" to 78, "prednisolone" and "prednisone" (the same class of medicine) to 91.
ALIKE_FROM = 86
SHORTEST_MISSPELT = 7
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


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
def _classes_of(substance: str) -> frozenset[str]:
    return frozenset(
        group for group, names in CLASSES.items() if substance in names or substance == group
    )


def substances_in(text: str) -> frozenset[str]:
    """The substances a typed text names: "Augmentin 625 mg" is amoxicillin and clavulanic acid."""
    words = fold(" ".join(_WORD.findall(text))).split()
    found: set[str] = set()
    for length in (3, 2, 1):  # "procaine penicillin" before "penicillin"
        start = 0
        while start + length <= len(words):
            said = " ".join(words[start : start + length])
            meant = _names().get(said) or (_misspelt(said) if length == 1 else ())
            if meant:
                found |= set(meant)
                words[start : start + length] = [""]
            start += 1
    return frozenset(found)


def _misspelt(word: str) -> tuple[str, ...]:
    if len(word) < SHORTEST_MISSPELT:
        return ()
    near = process.extractOne(word, _names().keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_FROM)
    return _names()[near[0]] if near else ()


def known(medicine: str) -> bool:
    """Whether a medicine could be checked at all."""
    return bool(substances_in(medicine))


def reacts_to(medicine: str, allergies: Iterable[Allergy]) -> list[Warning]:
    """Why each of these allergies speaks against a medicine; empty where none does."""
    meant = substances_in(medicine)
    found = (_tie(medicine, meant, allergy) for allergy in allergies)
    return [warning for warning in found if warning]


def _tie(medicine: str, meant: frozenset[str], allergy: Allergy) -> Warning | None:
    reacts = substances_in(allergy.substance)
    if same := sorted(meant & reacts):
        return Warning(allergy, Tie.SAME, same[0], same[0])
    pairs = [(drug, cause) for drug in sorted(meant) for cause in sorted(reacts)]
    for drug, cause in pairs:
        if shared := sorted(_classes_of(drug) & _classes_of(cause)):
            return Warning(allergy, Tie.CLASS, drug, cause, shared[0])
    for drug, cause in pairs:
        if _related(drug, cause):
            return Warning(allergy, Tie.RELATED, drug, cause)
    # not in the table, but written with the same word
    said = set(fold(medicine).split()) & set(fold(allergy.substance).split())
    if not reacts and any(len(word) > 3 and word.isalpha() for word in said):
        return Warning(allergy, Tie.NAMED, medicine.strip(), allergy.substance)
    return None


def _related(one: str, other: str) -> bool:
    return any(
        (a in _classes_of(one) and b in _classes_of(other))
        or (b in _classes_of(one) and a in _classes_of(other))
        for a, b in RELATED
    )

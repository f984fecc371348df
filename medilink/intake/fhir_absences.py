"""FHIR codes and words that state an absence ("no known allergies") and not a thing somebody has.

Codes: the IPS code system absent-unknown-uv-ips, the IPS map "absence to SNOMED", and older codes
of the same meaning.
"""

from __future__ import annotations

from medilink.absence import NO_KNOWN_ALLERGIES, NO_KNOWN_CONDITIONS, NO_KNOWN_MEDICATIONS
from medilink.intake.fhir_values import Concept
from medilink.records import Section

_ABSENT_SYSTEM = "/absent-unknown-uv-ips"  # the IPS code system: every code in it is an absence
_SNOMED = "http://snomed.info/sct"
_SNOMED_ABSENCES = frozenset(
    {
        "716186003",  # no known allergy
        "409137002",  # no known drug allergy
        "428607008",  # no known environmental allergy
        "429625007",  # no known food allergy
        "716184000",  # no known latex allergy
        "428197003",  # no known insect allergy
        "160244002",  # no known allergies (older)
        "160245001",  # no current problems
        "787481004",  # no known medications
        "1631000175102",  # patient not asked
    }
)
# Whole texts only: "no known allergies except penicillin" must stay an allergy.
_ABSENT_WORDS = frozenset(
    {"nka", "nkda", "none", "none known", "no allergies", "no information", "not asked"}
    | {f"no known {kind}" for kind in ("allergy", "allergies", "problems", "medications")}
    | {
        f"no known {kind} {what}"
        for kind in ("drug", "medication", "food", "environmental")
        for what in ("allergy", "allergies")
    }
)

# Of these, what says that a whole section has nothing to list: its codes, then its words.
_WHOLE: dict[Section, tuple[frozenset[str], frozenset[str]]] = {
    Section.ALLERGIES: (
        frozenset({NO_KNOWN_ALLERGIES, "716186003", "160244002"}),
        frozenset({"nka", "none", "none known", "no allergies", "no known allergy",
                   "no known allergies"}),
    ),
    Section.CONDITIONS: (
        frozenset({NO_KNOWN_CONDITIONS, "160245001"}),
        frozenset({"none", "none known", "no known problems"}),
    ),
    Section.MEDICATIONS: (
        frozenset({NO_KNOWN_MEDICATIONS, "787481004"}),
        frozenset({"none", "none known", "no known medications"}),
    ),
}  # fmt: skip


def says_there_is_none(said: Concept) -> bool:
    """Whether a concept states an absence, of whatever kind."""
    return any(_is_absence(*coding) for coding in said.codings) or _plain(said) in _ABSENT_WORDS


def section_known_empty(said: Concept, section: Section) -> bool:
    """Whether an absence is that of everything a section could list: somebody asked, and there is
    nothing. A code outweighs the words beside it."""
    codes, words = _WHOLE[section]
    stated = [code for system, code in said.codings if _is_absence(system, code)]
    return all(code in codes for code in stated) if stated else _plain(said) in words


def _is_absence(system: str, code: str) -> bool:
    return system.endswith(_ABSENT_SYSTEM) or (system == _SNOMED and code in _SNOMED_ABSENCES)


def _plain(said: Concept) -> str:
    return said.words.casefold().removesuffix(" (situation)").rstrip(".")

"""The layout of a summary, version 1: docs/formats/summary.md as tables.

Frozen. A place in one of these lists is a number in codes that are printed and carried about; a
change is a new version, and this one stays readable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from medilink.carrying.small_numbers import (
    number_out,
    phone_in,
    phone_out,
    text_out,
    value_in,
    value_out,
)
from medilink.people import Sex
from medilink.person_entries import Contact
from medilink.records import Alert, Allergy, Condition, Immunization, Medication, Section

VERSION = 1
SECTIONS = (
    Section.ALERTS, Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS, Section.VITALS,
    Section.RESULTS, Section.VISITS, Section.IMMUNISATIONS, Section.PROCEDURES, Section.DOCUMENTS,
    Section.PERSON, Section.CONTACTS, Section.INSURANCE,
)  # fmt: skip
SEXES = (Sex.FEMALE, Sex.MALE, Sex.OTHER, Sex.UNKNOWN)
ABSENT = (Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS)
VISIT_TEXTS = ("kind", "reason", "diagnosis", "treatment", "follow_up", "plan", "notes")

# LOINC code → decimals, and the usual value that is subtracted, in the last decimal: what is near
# it takes one byte of CBOR
VITALS: dict[str, tuple[int, int]] = {
    "8310-5": (1, 368), "8867-4": (0, 80), "9279-1": (0, 20), "2708-6": (0, 97), "8480-6": (0, 120),
    "8462-4": (0, 78), "29463-7": (1, 0), "8302-2": (1, 0), "15074-8": (1, 55), "9843-4": (1, 450),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One place in a row: the entry's field, and how it becomes a small value and back."""

    name: str
    small: Callable[[Any], Any]
    told: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """The rows of one kind of entry: its fields, then the day."""

    made: type
    fields: tuple[Field, ...]


def _same(value: Any) -> Any:
    return value


def _flag_out(value: Any) -> int:
    return number_out(value, 0, 1)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, _same, text_out) for name in names)


def _values(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, value_in, value_out) for name in names)


ALERTS = Kind(Alert, _texts("text", "level"))
ALLERGIES = Kind(Allergy, _texts("substance", "reaction", "severity", "certainty", "criticality"))
CONDITIONS = Kind(Condition, _texts("name", "course", "certainty"))
MEDICATIONS = Kind(Medication, _texts("name", "dose", "frequency", "reason"))
CONTACTS = Kind(
    Contact,
    (
        *_texts("name", "relation"),
        Field("phone", phone_in, phone_out),
        Field("primary", _same, _flag_out),
    ),
)
IMMUNISATIONS = Kind(Immunization, _texts("vaccine", "dose"))
RESULT_FIELDS = (*_texts("code", "name", "unit", "text"), *_values("value", "low", "high"))

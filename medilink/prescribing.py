"""Placeholder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from medilink.records import Allergy


class Warning(NamedTuple):  # noqa: A001
    allergy: Allergy
    why: str


def reacts_to(medicine: str, allergies: Iterable[Allergy]) -> list[Warning]:
    return [Warning(a, a.substance) for a in allergies if a.substance.lower() in medicine.lower()]


def known(medicine: str) -> bool:
    return bool(medicine)

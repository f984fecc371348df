"""Two registrations of one person become one. Pure: what is chosen, and what may be.

Everything written moves to the registration that is kept; the other stays as a signpost. Codes of
the other are withdrawn and its sign-in is switched off: the person goes on with the one that is
kept. Undoing moves every row back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from medilink.errors import NotValid
from medilink.people import AccountId, Patient, PatientDetails, PatientId


class PairState(StrEnum):
    """What staff made of a suspicion; it is decided once."""

    SUSPECTED = "suspected"
    DISMISSED = "dismissed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class SuspectedPair:
    """`weight` in tenths, `reasons` of `medilink.matching`."""

    low: PatientId
    high: PatientId
    weight: int
    reasons: tuple[str, ...]
    found_at: int
    state: PairState = PairState.SUSPECTED


@dataclass(frozen=True, slots=True)
class MergeWish:
    """Both as they were on the page, and what the kept one is to say."""

    kept: Patient
    other: Patient
    details: PatientDetails
    by: AccountId


@dataclass(frozen=True, slots=True)
class Merge:
    """One that was done. Times in milliseconds UTC."""

    id: int
    kept: PatientId
    other: PatientId
    at: int
    undone_at: int | None = None


DETAIL_FIELDS = tuple(field.name for field in fields(PatientDetails))
TOGETHER = {"birth_date": "birth_estimated"}  # chosen as one


def differing(one: PatientDetails, other: PatientDetails) -> list[str]:
    """The fields somebody must choose between."""
    hidden = set(TOGETHER.values())
    return [
        name
        for name in DETAIL_FIELDS
        if name not in hidden and getattr(one, name) != getattr(other, name)
    ]


def merged_details(
    kept: PatientDetails, other: PatientDetails, from_other: Mapping[str, bool]
) -> PatientDetails:
    """The kept details with the fields that are taken from the other. Raises NotValid for a field
    there is not."""
    taken = [name for name, take in from_other.items() if take]
    if not set(taken) <= set(DETAIL_FIELDS):
        raise NotValid
    taken += [TOGETHER[name] for name in taken if name in TOGETHER]
    return replace(kept, **{name: getattr(other, name) for name in taken})

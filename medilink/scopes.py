"""What a grant covers of a record, and what several scopes together let through. Pure.

A scope is kept by whoever reads the record, not by whoever draws it: the gates ask a `Sieve`.

The dates of a scope cut what happened: visits, measurements, results, vaccines, procedures,
documents, and whatever has ended. What is so today (an active alert, allergy, condition, medicine,
contact, insurance, the profile) is not cut: since when it is so does not matter to whoever treats
the patient now. Something that happened without a known date lies in no range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from medilink.absence import says_none
from medilink.person_entries import Contact, Coverage, Profile
from medilink.records import (
    ALL_SECTIONS,
    PLACES,
    Alert,
    Allergy,
    Condition,
    Entry,
    Medication,
    Record,
    Section,
    section_of,
)
from medilink.sensitive import Categories, Sensitive, categories_in_text, categories_of
from medilink.sensitive import sensitive_parts as parts_of

ALL_SENSITIVE = frozenset(Sensitive)
_STATES = (Alert, Allergy, Condition, Medication, Contact, Coverage, Profile)


@dataclass(frozen=True, slots=True)
class Scope:
    """`sensitive`: the categories included. `since` and `until`: when an entry was, from and up to
    but not including, in milliseconds UTC; None for any. `write_back`: visits and measurements may
    be written."""

    sections: frozenset[Section]
    sensitive: frozenset[Sensitive] = frozenset()
    since: int | None = None
    until: int | None = None
    write_back: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing of any record is held back."""
        dated = self.since is not None or self.until is not None
        return not dated and self.sections >= ALL_SECTIONS and self.sensitive >= ALL_SENSITIVE

    def lets(self, entry: Entry, categories: Categories | None = None) -> bool:
        """Whether an entry may be read. `categories`: what it is about where its record is known
        (`sensitive_parts`); None: judged by itself alone."""
        if section_of(entry) not in self.sections:
            return False
        if not _is_so_today(entry) and not self.covers(entry.at):
            return False
        return (categories_of(entry) if categories is None else categories) <= self.sensitive

    def covers(self, at: int) -> bool:
        """Whether something that happened at a time lies in the dates; 0 is a date not known."""
        if self.since is None and self.until is None:
            return True
        after = self.since is None or at >= self.since
        return at != 0 and after and (self.until is None or at < self.until)


EVERYTHING = Scope(ALL_SECTIONS, ALL_SENSITIVE)


def _is_so_today(entry: Entry) -> bool:
    return isinstance(entry, _STATES) and entry.status == "active"


# ---- as a number, for the store and for other formats

# Which bit stands for what. Frozen: a number once given is never given to anything else.
_SECTION_BITS: dict[Section, int] = {
    Section.ALERTS: 0,
    Section.ALLERGIES: 1,
    Section.CONDITIONS: 2,
    Section.MEDICATIONS: 3,
    Section.VITALS: 4,
    Section.RESULTS: 5,
    Section.VISITS: 6,
    Section.IMMUNISATIONS: 7,
    Section.PROCEDURES: 8,
    Section.DOCUMENTS: 9,
    Section.PERSON: 10,
    Section.CONTACTS: 11,
    Section.INSURANCE: 12,
}  # 13 to 19 are free for sections
_SENSITIVE_BITS: dict[Sensitive, int] = {
    Sensitive.HIV: 20,
    Sensitive.MENTAL_HEALTH: 21,
    Sensitive.REPRODUCTIVE: 22,
}  # 23 to 29 are free for categories
_WRITE_BACK_BIT = 30


def scope_bits(scope: Scope) -> int:
    """Sections, categories and writing back as one number of at most 31 bits; dates stand beside
    it."""
    bits = [_SECTION_BITS[section] for section in scope.sections]
    bits += [_SENSITIVE_BITS[category] for category in scope.sensitive]
    bits += [_WRITE_BACK_BIT] if scope.write_back else []
    return sum(1 << bit for bit in bits)


def scope_from_bits(bits: int, since: int | None = None, until: int | None = None) -> Scope:
    """The scope a number stands for. A bit that is not known here opens nothing."""
    return Scope(
        frozenset(section for section, bit in _SECTION_BITS.items() if bits >> bit & 1),
        frozenset(category for category, bit in _SENSITIVE_BITS.items() if bits >> bit & 1),
        since,
        until,
        bool(bits >> _WRITE_BACK_BIT & 1),
    )


# ---- several at once


@dataclass(frozen=True, slots=True)
class Sieve:
    """What some scopes together let through of one record: what at least one of them does.

    `parts` are the sensitive parts of the whole record, `held` its entries by uid.
    """

    scopes: tuple[Scope, ...]
    parts: Mapping[bytes, Categories] = field(default_factory=dict)
    held: Mapping[bytes, Entry] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether everything passes."""
        return any(scope.whole for scope in self.scopes)

    def lets(self, entry: Entry) -> bool:
        """Whether an entry may be read, as it stands in the record under its uid, and as given.
        That there is nothing may not, where something is held back: it would be untrue."""
        if self.whole:
            return True
        if says_none(entry) and self._holds_back(type(entry)):
            return False
        kept, about = self.held.get(entry.uid), self.parts.get(entry.uid, frozenset())
        if kept is not entry:  # an older copy, or one that is not in the record
            about |= categories_of(entry)
        return any(scope.lets(kept or entry, about) for scope in self.scopes)

    def _holds_back(self, kind: type[Entry]) -> bool:
        """Whether anything of a kind that is so today may not be read."""
        named = [e for e in self.held.values() if isinstance(e, kind) and not says_none(e)]
        return any(e.status == "active" and not self.lets(e) for e in named)

    def lets_text(self, text: str, section: Section, at: int | None = None) -> bool:
        """Whether a text of a section may be read; `at` where it is of something that happened."""
        return self.lets_about(categories_in_text(text), section, at)

    def lets_about(self, about: Categories, section: Section, at: int | None = None) -> bool:
        """Whether something of a section that is about these categories may be read."""
        return any(
            section in scope.sections
            and about <= scope.sensitive
            and (at is None or scope.covers(at))
            for scope in self.scopes
        )

    def through(self, record: Record, wanted: frozenset[Section]) -> Record:
        """The wanted sections of the record this sieve was made for, with what may be read."""
        if self.whole and wanted >= record.sections:
            return record
        left: dict[str, Any] = {
            place: tuple(
                entry
                for entry in getattr(record, place)
                if section_of(entry) in wanted and self.lets(entry)
            )
            for place in PLACES
        }
        return replace(record, sections=wanted, **left)


def sieve_for(scopes: Iterable[Scope], record: Record) -> Sieve:
    """The sieve for a record that was read with all its sections."""
    kept = {entry.uid: entry for entry in (*record.entries(), *record.versions)}
    return Sieve(tuple(scopes), parts_of(record), kept)

"""What of a record leaves, and what of the received originals may go with it. Pure.

An original may say more than the entries read from it. So it goes only where every section it could
touch goes: with all sections everything, with some only what is of those, and what that refers to
and is about nobody (a medicine, a practitioner). Where a right holds something back, an original
goes only if every entry read from it does, and its own words and those of what it refers to say
nothing that is held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from medilink.intake.fhir_again import Reread
from medilink.intake.fhir_kinds import ABOUT_A_PATIENT
from medilink.records import ALL_SECTIONS, Entry, Record, Section, section_of
from medilink.scopes import ALL_SENSITIVE, Scope, Sieve, sieve_for
from medilink.sensitive import Sensitive, categories_in_json


class Purpose(StrEnum):
    """What a document is made for. The value stands in signed documents: never rename one."""

    COPY = "patient copy"
    SUMMARY = "summary"
    REFERRAL = "referral"
    CONSULTATION = "consultation"
    DISCHARGE = "discharge"
    LEGAL = "legal"


PURPOSE_WORDS = {
    Purpose.COPY: "Copy for the patient",
    Purpose.SUMMARY: "Summary on one page",
    Purpose.REFERRAL: "Referral",
    Purpose.CONSULTATION: "Consultation",
    Purpose.DISCHARGE: "Discharge",
    Purpose.LEGAL: "For a court or an authority",
}
# What providers write; the first is written most.
LETTERS = (Purpose.REFERRAL, Purpose.CONSULTATION, Purpose.DISCHARGE, Purpose.SUMMARY)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a record. `since` and `until` (not including) in milliseconds UTC,
    None for any; they cut as the dates of a scope do (`medilink.scopes`): what happened, never what
    is so today. `sensitive`: the private matters that are to be in it. `language`: that of the
    document."""

    purpose: Purpose = Purpose.COPY
    sections: frozenset[Section] = ALL_SECTIONS
    since: int | None = None
    until: int | None = None
    language: str = "en"
    sensitive: frozenset[Sensitive] = ALL_SENSITIVE

    @property
    def scope(self) -> Scope:
        """The same as a scope."""
        return Scope(self.sections, self.sensitive, self.since, self.until)

    @property
    def dated(self) -> bool:
        """Whether there is any date limit."""
        return self.since is not None or self.until is not None

    @property
    def narrowed(self) -> bool:
        """Whether anything of the sections may be left out."""
        return self.dated or not self.sensitive >= ALL_SENSITIVE


EVERYTHING_ASKED = Asked()
EVERYTHING_WANTED = Sieve((EVERYTHING_ASKED.scope,))


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What an export is made from. `bodies`: the bytes of documents and of the photo by uid.

    `known_as`: address and id of the Patient other resources refer to, where that one itself may
    not leave. `made_at` in milliseconds UTC. `standings`: how the licence stands of those who treat
    patients here, by the name they write under. `log_head`: how the clinic's log stood, signed
    (`medilink.statements.LogHead`): whoever keeps the file can hold the clinic to it. `whole`:
    nothing of the sections was held back or cut by dates, so what is not there is nowhere. `read`:
    the number of the log entry that says so.
    """

    record: Record
    clinic: str
    made_at: int
    originals: tuple[Reread, ...] = ()
    bodies: Mapping[bytes, bytes] = field(default_factory=dict)
    known_as: tuple[str, str] = ("", "")
    standings: Mapping[str, str] = field(default_factory=dict)
    log_head: bytes = b""
    whole: bool = True
    read: int = 0


# FHIR types by the section they are part of, where that can be told from the type.
_SECTION_OF_KIND: dict[str, Section] = {
    "AllergyIntolerance": Section.ALLERGIES,
    "Condition": Section.CONDITIONS,
    "Coverage": Section.INSURANCE,
    "DiagnosticReport": Section.RESULTS,
    "DocumentReference": Section.DOCUMENTS,
    "Encounter": Section.VISITS,
    "Flag": Section.ALERTS,
    "Immunization": Section.IMMUNISATIONS,
    "MedicationAdministration": Section.MEDICATIONS,
    "MedicationDispense": Section.MEDICATIONS,
    "MedicationRequest": Section.MEDICATIONS,
    "MedicationStatement": Section.MEDICATIONS,
    "Procedure": Section.PROCEDURES,
    "RelatedPerson": Section.CONTACTS,
}
# Types that are about nobody and say nothing of anybody's health.
_SHARED = frozenset(
    {"Location", "Medication", "Organization", "Practitioner", "PractitionerRole", "Substance"}
)


def wanted_of(record: Record, asked: Asked, sieve: Sieve) -> Sieve:
    """What lets through what is asked for of a record that came through a gate's `sieve`. What a
    visit was about decides about what was measured in it, also where only the gate saw the
    visit."""
    if asked.scope.whole:
        return EVERYTHING_WANTED
    if asked.sensitive >= ALL_SENSITIVE:  # what an entry is about decides nothing
        held = {entry.uid: entry for entry in (*record.entries(), *record.versions)}
        return Sieve((asked.scope,), {}, held)
    if sieve.held:
        return replace(sieve, scopes=(asked.scope,))
    return sieve_for((asked.scope,), record)


def cut_to(record: Record, sections: frozenset[Section], wanted: Sieve) -> Record:
    """The part of a record that is asked for. Of what was corrected, the earlier versions go with
    the one in force, or not at all."""
    if wanted.whole and sections >= record.sections:
        return record
    cut = wanted.through(record, sections)
    follows = {one.replaces: one for one in (*record.entries(), *record.versions) if one.replaces}
    there = {entry.uid for entry in (*cut.entries(), *cut.versions)}
    versions = tuple(old for old in cut.versions if _stays(old, follows, there))
    return replace(cut, versions=versions)


def _stays(old: Entry, follows: Mapping[bytes, Entry], there: set[bytes]) -> bool:
    """Whether everything that replaced a version stays too."""
    seen, now = {old.uid}, follows.get(old.uid)
    while now is not None and now.uid not in seen:
        if now.uid not in there:
            return False
        seen.add(now.uid)
        now = follows.get(now.uid)
    return True


def originals_within(
    originals: Sequence[Reread],
    sections: frozenset[Section],
    sieve: Sieve,
    wanted: Sieve = EVERYTHING_WANTED,
) -> tuple[Reread, ...]:
    """The originals that may leave with these sections of a record, as a sieve lets them, and only
    those that say nothing but what is `wanted`."""
    if sections == ALL_SECTIONS and sieve.whole and wanted.whole:
        return tuple(originals)
    own = {number for number, one in enumerate(originals) if _is_within(one, sections)}
    for each in (sieve, wanted):
        if not each.whole:
            own = {number for number in own if _passes_with_named(number, originals, each)}
    leave = own | _named_by(own, originals)
    return tuple(one for number, one in enumerate(originals) if number in leave)


def _passes_with_named(number: int, originals: Sequence[Reread], sieve: Sieve) -> bool:
    named = (originals[other] for other in _named_by([number], originals))
    return _passes(originals[number], named, sieve)


def _passes(one: Reread, named: Iterable[Reread], sieve: Sieve) -> bool:
    """Whether nothing that is held back leaves with an original and what it refers to. One of which
    nothing was read has no date and no section that could be judged."""
    said = categories_in_json([each.content for each in (one, *named)])
    return bool(one.entries) and all(
        sieve.lets(entry) and sieve.lets_about(said, section_of(entry)) for entry in one.entries
    )


def _is_within(one: Reread, sections: frozenset[Section]) -> bool:
    kind = one.original.kind
    if kind not in ABOUT_A_PATIENT:
        return False
    held = one.content.get("contained")
    inside = [part for part in held if isinstance(part, dict)] if isinstance(held, list) else []
    kinds = {kind, *(str(part.get("resourceType")) for part in inside)} - _SHARED
    touched = {section_of(entry) for entry in one.entries}
    touched |= {_SECTION_OF_KIND[each] for each in kinds if each in _SECTION_OF_KIND}
    told = kinds <= _SECTION_OF_KIND.keys() | {"Observation"}
    return told and bool(touched) and touched <= sections


def _named_by(own: Iterable[int], originals: Sequence[Reread]) -> set[int]:
    """What these refer to, however far, of what is about nobody."""
    by_uid = {one.original.uid: number for number, one in enumerate(originals)}
    found: set[int] = set()
    waiting = list(own)
    while waiting:
        for uid in originals[waiting.pop()].refers_to:
            number = by_uid[uid]
            if number not in found and originals[number].original.kind in _SHARED:
                found.add(number)
                waiting.append(number)
    return found

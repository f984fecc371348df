"""What of a patient's record stands in an old backup and not today, and how it comes back. Pure.

Corrections and ends are kept versions, so little is ever lost: by a wrong merge, by a restore of an
older backup, by a strike on the wrong patient. An entry comes back as it was: with its own uid, its
author and its times. It never takes the place of what was written since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from medilink.absence import SUPERSEDED, Knowledge, knowledge_of, says_none, stated_absence
from medilink.intake.fhir_again import Reread
from medilink.people import PatientId
from medilink.person_entries import Contact
from medilink.receiving import Original
from medilink.records import AMENDED, Entry, Record, Section, in_force, section_of

_KNOWN_BY_SECTION = (Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS)


@dataclass(frozen=True, slots=True)
class Past:
    """A patient's record as a backup has it. `made_at`: when that was made, milliseconds UTC;
    `others`: uids of entries that stand in another patient's record today; `bodies`: the bytes of
    its documents by uid."""

    patient: PatientId
    generation: int
    made_at: int
    record: Record
    others: frozenset[bytes] = frozenset()
    bodies: Mapping[bytes, bytes] = field(default_factory=dict)
    originals: tuple[Reread, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """An entry as the backup has it, and as it stands today; None where it does not."""

    entry: Entry
    today: Entry | None


@dataclass(frozen=True, slots=True)
class Return:
    """What is written when entries come back. `again`: entries under their own uids; `changed`:
    entries of today and what they become."""

    again: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    bodies: tuple[tuple[bytes, bytes], ...]
    originals: tuple[Original, ...]


def everything(record: Record) -> tuple[Entry, ...]:
    """All entries, those that were corrected too."""
    return (*record.entries(), *record.versions)


def with_corrections(others: Collection[bytes], record: Record) -> frozenset[bytes]:
    """Entries that are somebody else's, and what corrected them since."""
    found, entries = set(others), everything(record)
    while more := {one.uid for one in entries if one.replaces in found} - found:
        found |= more
    return frozenset(found)


def lost_since(past: Past, today: Record) -> list[Lost]:
    """What may be brought back, section by section, the newest first. What another patient's record
    holds today is not among it, nor what was corrected since: that is in today's record."""
    here = _by_uid(everything(today))
    corrected = {one.replaces for one in here.values() if one.replaces}
    comes_with = {
        one.replaces for one in everything(past.record) if one.replaces and one.uid not in here
    }
    found = [
        Lost(entry, here.get(entry.uid))
        for entry in everything(past.record)
        if entry.uid not in past.others
        and entry != here.get(entry.uid)
        and not (entry.uid in here and entry.uid in corrected)
        and entry.uid not in comes_with
        and not _says_none_beside(entry, today)
    ]
    places = list(Section)
    return sorted(found, key=lambda one: (places.index(section_of(one.entry)), -one.entry.at))


def moved_since(past: Past) -> int:
    """How many entries of the backup stand in another patient's record today."""
    return sum(entry.uid in past.others for entry in everything(past.record))


def bring_again(past: Past, today: Record, chosen: Collection[bytes]) -> Return:
    """How the chosen of `lost_since` come back. What they corrected comes with them; what says
    today that there is nothing to list ends."""
    wanted = [one for one in lost_since(past, today) if one.entry.uid in chosen]
    here = _by_uid(everything(today))
    again = _with_versions([one.entry for one in wanted if not one.today], past, here)
    corrected = {one.replaces for one in here.values() if one.replaces}
    new = tuple(_beside(entry, today, corrected) for entry in again)
    changed = {one.entry.uid: (one.today, one.entry) for one in wanted if one.today}
    for entry in new:
        before = here.get(entry.replaces or b"")
        if before and in_force(before) and in_force(entry) and _same_kind(before, entry):
            changed[before.uid] = (before, before._replace(status=AMENDED))
    for section in _KNOWN_BY_SECTION:
        said = stated_absence(today, section)
        named = (*new, *(after for _, after in changed.values()))
        if said and any(_lists(entry, section) for entry in named):
            changed[said.uid] = (said, said._replace(status=SUPERSEDED))
    uids = {entry.uid for entry in new}
    return Return(
        new,
        tuple(changed.values()),
        tuple((uid, body) for uid, body in past.bodies.items() if uid in _bodies_of(new, uids)),
        _originals_of(past.originals, uids),
    )


def _by_uid(entries: Iterable[Entry]) -> dict[bytes, Entry]:
    return {entry.uid: entry for entry in entries}


def _same_kind(one: Entry, other: Entry) -> bool:
    return type(one) is type(other) and section_of(one) is section_of(other)


def _says_none_beside(entry: Entry, today: Record) -> bool:
    """Whether it says that there is nothing to list where something is said since."""
    if not says_none(entry) or entry.status != "active":
        return False
    return knowledge_of(today, section_of(entry)) is not Knowledge.NOT_ASKED


def _lists(entry: Entry, section: Section) -> bool:
    return section_of(entry) is section and entry.status == "active" and not says_none(entry)


def _with_versions(chosen: Sequence[Entry], past: Past, here: Mapping[bytes, Entry]) -> list[Entry]:
    """The chosen and what they corrected, as far as it is not here and nobody else's."""
    held = _by_uid(everything(past.record))
    found = _by_uid(chosen)
    waiting = list(chosen)
    while waiting:
        before = held.get(waiting.pop().replaces or b"")
        if before and before.uid not in {*found, *here, *past.others}:
            found[before.uid] = before
            waiting.append(before)
    return list(found.values())


def _beside(entry: Entry, today: Record, corrected: Collection[bytes | None]) -> Entry:
    """An entry that comes back beside what was written since: a version where that corrected it,
    and one person at most is called first."""
    if entry.uid in corrected and in_force(entry):
        return entry._replace(status=AMENDED)
    if isinstance(entry, Contact) and entry.primary and entry.status == "active":
        first = any(one.primary and one.status == "active" for one in today.contacts)
        return entry._replace(primary=0) if first else entry
    return entry


def _bodies_of(new: Iterable[Entry], uids: set[bytes]) -> set[bytes]:
    photos = {photo for entry in new if (photo := getattr(entry, "photo", ""))}
    return uids | {bytes.fromhex(photo) for photo in photos}


def _originals_of(originals: Sequence[Reread], uids: set[bytes]) -> tuple[Original, ...]:
    """What other systems sent, of these entries, with what that refers to."""
    kept = {one.original.uid: one for one in originals}
    waiting = [one for one in originals if uids & {entry.uid for entry in one.entries}]
    found: dict[bytes, Original] = {}
    while waiting:
        one = waiting.pop()
        if one.original.uid not in found:
            found[one.original.uid] = one.original
            waiting += [kept[uid] for uid in one.refers_to if uid in kept]
    return tuple(found.values())

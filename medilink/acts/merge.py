"""Finding people registered twice, comparing them, merging them, taking that back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from medilink.acts.once import read_once
from medilink.acts.read_record import open_identity
from medilink.acts.refusing import check_task
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import NotValid
from medilink.matching import Likeness, face_of, likeness, suspected_pairs
from medilink.merging import Merge, MergeWish, SuspectedPair, merged_details
from medilink.people import Patient, PatientId
from medilink.permissions import Task
from medilink.visits import check_entry_text

PAIRS_SHOWN = 50
MERGES_SHOWN = 50


def scan_for_duplicates(desk: Desk) -> int:
    """Look through every registration; how many new suspicions. Takes seconds for each 10,000."""
    check_task(desk, Task.MERGE, Act.SCAN_DUPLICATES)
    event = desk.event(Act.SCAN_DUPLICATES)
    people, _ = desk.store.patients.list_everyone(audit=event)
    found = [_pair(one, other, like, desk.now) for one, other, like in suspected_pairs(people)]
    new = desk.event(Act.SCAN_DUPLICATES, people=len(people), found=len(found))
    return desk.store.duplicates.add_found(found, audit=new)


def _pair(one: PatientId, other: PatientId, like: Likeness, now: int) -> SuspectedPair:
    return SuspectedPair(
        min(one, other), max(one, other), round(like.weight * 10), like.reasons, now
    )


def suspect(desk: Desk, new: Patient, known: Collection[Patient]) -> None:
    """Somebody was registered though others like them were shown: administrators hear of it."""
    if not known:
        return
    check_task(desk, Task.REGISTER, Act.SUSPECT_DUPLICATE, new.id)
    face = face_of(new.details)
    pairs = [
        _pair(new.id, other.id, likeness(face, face_of(other.details)), desk.now) for other in known
    ]
    event = desk.event(Act.SUSPECT_DUPLICATE, new.id, pairs=len(pairs))
    desk.store.duplicates.add_found(pairs, audit=event)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two registrations, and how many entries each has by section; nothing of what they say."""

    one: Patient
    other: Patient
    entries: Mapping[tuple[PatientId, str], int]


def list_suspected(desk: Desk) -> list[SuspectedPair]:
    """Suspicions nobody has decided on, the strongest first."""
    check_task(desk, Task.MERGE, Act.SCAN_DUPLICATES)
    event = desk.event(Act.SCAN_DUPLICATES, why="list")
    return read_once(
        desk,
        event,
        lambda audit: desk.store.duplicates.list_suspected(limit=PAIRS_SHOWN, audit=audit),
    )


def compare_side_by_side(desk: Desk, one: PatientId, other: PatientId) -> SideBySide:
    """Both identities. Raises Refused, NotFound."""
    check_task(desk, Task.MERGE, Act.OPEN_IDENTITY, one)
    both = open_identity(desk, one), open_identity(desk, other)
    event = desk.event(Act.SCAN_DUPLICATES, why="compare", pair=f"{one} {other}")
    counts = read_once(
        desk,
        event,
        lambda audit: desk.store.duplicates.count_entries((one, other), audit=audit),
    )
    return SideBySide(*both, counts)


def dismiss_pair(desk: Desk, pair: SuspectedPair, why: str) -> None:
    """They are two people. Raises TooLong, EditedMeanwhile."""
    check_task(desk, Task.MERGE, Act.DISMISS_DUPLICATE, pair.low)
    why = check_entry_text("Reason", why)
    event = desk.event(Act.DISMISS_DUPLICATE, pair.low, other=pair.high)
    desk.store.duplicates.dismiss(pair.low, pair.high, why, desk.who.id, audit=event)


def merge_patients(
    desk: Desk, kept: Patient, other: Patient, from_other: Mapping[str, bool]
) -> int:
    """Everything of `other` goes to `kept`; `from_other` names the fields taken from the other.

    Codes of the other are withdrawn, its sign-in is switched off, its MediLink ID leads to the kept
    registration. The number of the merge; raises EditedMeanwhile when either was changed since,
    NotValid, Refused.
    """
    check_task(desk, Task.MERGE, Act.MERGE, kept.id)
    if kept.id == other.id:
        raise NotValid
    details = merged_details(kept.details, other.details, from_other)
    taken = ", ".join(sorted(name for name, take in from_other.items() if take))
    event = desk.event(Act.MERGE, kept.id, other=other.medilink_id, taken=taken)
    also = desk.event(Act.MERGE, other.id, into=kept.medilink_id)
    wish = MergeWish(kept, other, details, desk.who.id)
    return desk.store.duplicates.merge(wish, audit=event, also=also)


def list_merges(desk: Desk) -> list[Merge]:
    """What was merged, newest first."""
    check_task(desk, Task.MERGE, Act.MERGE)
    event = desk.event(Act.SCAN_DUPLICATES, why="merges")
    return read_once(
        desk,
        event,
        lambda audit: desk.store.duplicates.list_merges(limit=MERGES_SHOWN, audit=audit),
    )


def undo_merge(desk: Desk, number: int) -> None:
    """Take a merge back: every row where it was. What was written since stays with the kept one.

    Raises EditedMeanwhile when it was taken back before or the kept one was merged on, NotFound.
    """
    done = desk.store.duplicates.by_number(number)
    check_task(desk, Task.MERGE, Act.UNDO_MERGE, done.kept)
    event = desk.event(Act.UNDO_MERGE, done.kept, merge=number)
    also = desk.event(Act.UNDO_MERGE, done.other, merge=number)
    desk.store.duplicates.undo(number, audit=event, also=also)

"""One patient's record out of a backup: restored into a scratch folder, read there, and gone again
before anything of it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.destinations import Place, plain_trouble
from backup.folder import FolderRoom
from backup.keeping import carry
from backup.kept import Kept
from backup.ledger import Remembered
from backup.restoring import check_own
from backup.scratch import copy_of, scratch_folder
from medilink.acts.back_up import drill_identity
from medilink.acts.bring_back import check_may_look, read_past
from medilink.bringing_back import Past
from medilink.desk import Desk
from medilink.people import PatientId

PARTS, _FETCHED = 1000, 100  # of the progress: all, and what fetching is


@dataclass(frozen=True, slots=True)
class Offered:
    """A checked backup at a place."""

    place: Place
    kept: Kept


def backups_at(places: Sequence[Place], known: Remembered) -> list[Offered]:
    """Every checked backup once, the newest first, where it is nearest: the earlier place in
    `places` wins. Whether a place is there now turns out when it is entered."""
    found: dict[str, Offered] = {}
    for place in places:
        for kept in known.at(place.key).held:
            if kept.verified_at is not None:
                found.setdefault(kept.name, Offered(place, kept))
    return sorted(found.values(), key=lambda one: -one.kept.generation)


def look_back(
    desk: Desk,
    data_dir: Path,
    wanted: Offered,
    patient: PatientId,
    progress: Progress = nobody_waits,
) -> Past:
    """The record of a patient as a backup has it, for whoever may read it today; the right is asked
    for before anything is opened. `progress` may raise to call it off. Raises NoRight, NotInBackup,
    PlaceTrouble, BackupTrouble, ScratchTaken."""
    check_may_look(desk, patient)

    def fetched(done: int, of: int) -> None:
        progress(_FETCHED * done // max(of, 1), PARTS)

    def restored(done: int, of: int) -> None:
        progress(_FETCHED + (PARTS - _FETCHED) * done // max(of, 1), PARTS)

    kept = wanted.kept
    with scratch_folder(data_dir) as folder, plain_trouble(kept.size):
        with wanted.place.enter() as room:
            carry(kept, room, FolderRoom(folder), fetched)
        with copy_of(folder / kept.name, drill_identity(desk), folder, restored) as copy:
            check_own(desk.store, copy.rebuilt.label)
            return read_past(desk, copy.store, copy.rebuilt.label.says, patient)

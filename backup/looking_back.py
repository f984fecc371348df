"""One patient's record out of a backup, or what is the clinic's own and no patient's: restored into
a scratch folder, read there, and gone again before anything of it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.chosen import is_inside
from backup.destinations import Place, plain_trouble
from backup.folder import FolderRoom
from backup.keeping import carry
from backup.kept import Kept
from backup.ledger import Remembered
from backup.restoring import check_own
from backup.scratch import Copy, copy_of, scratch_folder
from medilink.acts.back_up import drill_identity
from medilink.acts.bring_back import check_may_look, read_past
from medilink.acts.bring_own_back import check_may_look as check_may_look_at_own
from medilink.acts.bring_own_back import read_own_past
from medilink.bringing_back import Past
from medilink.clinics_own import OwnPast
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
    with _copy_of(desk, data_dir, wanted, progress) as copy:
        return read_past(desk, copy.store, copy.rebuilt.label.says, patient)


def look_at_own(
    desk: Desk, data_dir: Path, wanted: Offered, progress: Progress = nobody_waits
) -> OwnPast:
    """The clinic's own as a backup has it, for an administrator; the right is asked for before
    anything is opened, and no patient's row is read. A folder that lies with the records by now is
    no place for backups any more. `progress` may raise to call it off. Raises Refused,
    PlaceTrouble, BackupTrouble, StoreNewer, ScratchTaken."""
    check_may_look_at_own(desk)
    with _copy_of(desk, data_dir, wanted, progress) as copy:
        past = read_own_past(desk, copy.store, copy.rebuilt.label.says)
    places = tuple(one for one in past.own.places if not is_inside(one, data_dir))
    return replace(past, own=replace(past.own, places=places))


@contextmanager
def _copy_of(desk: Desk, data_dir: Path, wanted: Offered, progress: Progress) -> Iterator[Copy]:
    """The store in one of this clinic's own backups, until the block ends."""

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
            yield copy

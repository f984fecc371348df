"""The rounds of this installation's backups: made beside the store when one is due, carried to the
places that were chosen, thinned out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.destinations import Place
from backup.folder import Folder, Home, claim_folder
from backup.ledger import LedgerFile
from backup.rounds import Means, Rounds, claim_file
from backup.taking import take_backup
from ui.house import House

HOME, KNOWN, LOCK = "backups", "backups.json", "rounds.lock"


def rounds_here(house: House, places: Sequence[Place], progress: Progress = nobody_waits) -> Rounds:
    """Rounds over the open store of a house."""
    folder, store_id = house.config.data_dir, house.store_id
    return Rounds(
        Means(
            store_id,
            Home(folder / HOME),
            lambda: places,
            lambda where: take_backup(house.system_desk(), house.store, store_id, where, progress),
            LedgerFile(folder / KNOWN),
            lambda: claim_file(folder / LOCK),
            lambda: house.clock().astimezone(),
        )
    )


def chosen_folder(path: Path) -> Place:
    """A folder, stick or share to carry backups to. Raises OSError where it is not there."""
    return Folder(path, claim_folder(path))

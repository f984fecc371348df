"""A house that stands still while its store's file is replaced, and what it does when it opens."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backup.swapping import JOURNAL, MOVED, REPLACED, forget_coming, read_journal, swap_is_over
from backup.taking import one_at_a_time
from database.store import SqlStore
from medilink.acts.replace_store import swap_is_done
from medilink.config import Config
from medilink.desk import Desk
from medilink.errors import BackupRunning, KeysDamaged
from medilink.log_check import Head
from medilink.store_backup import Swap, SwapWhy
from security.slots import machine_key_file
from security.subkeys import SubKeys, TokenUnreadable


@dataclass(slots=True)
class Still:
    """What is in hand while nobody works. `heads`: of the log, as they are kept outside the store;
    `data_key`: opens the store when the house goes on, to be changed with the store."""

    data_key: bytes
    keys: SubKeys
    heads: list[Head] = field(default_factory=list)


def keys_of(store: SqlStore, data_key: bytes) -> SubKeys:
    """The sub-keys of an open store. Raises KeysDamaged."""
    try:
        return SubKeys.of_store(data_key, store.backups.of_life().root)
    except TokenUnreadable as trouble:
        raise KeysDamaged from trouble


def forget_half_built(config: Config, store_id: str) -> None:
    """Remove what a power cut left of a store that was being built, unless one is being built."""
    with suppress(BackupRunning), one_at_a_time(config.store_file):
        forget_coming(swapped_files(config, store_id))
        (config.data_dir / f"{JOURNAL}.new").unlink(missing_ok=True)
        for folder in config.data_dir.glob(f"{REPLACED}*"):
            if not any(folder.iterdir()):
                folder.rmdir()


def swapped_files(config: Config, store_id: str) -> list[Path]:
    """What may be replaced: the records, the key file, this computer's own key."""
    return [config.store_file, config.slots_file, machine_key_file(config.keys_dir, store_id)]


def log_swap(desk: Desk, config: Config, *, resumed: bool) -> None:
    """The store that was put in place has opened: that is written in its log, and the swap over."""
    journal = read_journal(config.data_dir)
    if journal is None or journal.state != MOVED:
        return
    known = {swap.folder for swap in desk.store.backups.of_swaps()}
    if journal.folder not in known:  # killed between the entry and the journal's end, it is
        took = 0 if resumed else max(desk.now - journal.begun, 1)
        size = config.store_file.stat().st_size
        swap_is_done(desk, Swap(desk.now, SwapWhy(journal.why), took, size, journal.folder))
    swap_is_over(config.data_dir)

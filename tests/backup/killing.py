"""A process that makes backups, or restores one, until it is killed; a program of its own.

    python -m tests.backup.killing take FOLDER STICK
    python -m tests.backup.killing restore FILE TARGET
    python -m tests.backup.killing peak FOLDER STICK
    python -m tests.backup.killing move STORE -

`take` prints the name of each backup that is done; `peak` how many MB it took to make one;
`move` writes without a pause.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path

from backup.recovery import identity_from
from backup.restoring import rebuild_store
from backup.taking import take_backup
from database.engine import StoreFile
from tests.backup.backed_up import STORE_ID, Mover
from tests.bench.measuring import peak_mb
from tests.bench.world import clinic_at
from tests.clinics import DATA_KEY


def take_for_ever(folder: Path, stick: Path) -> None:
    clinic = clinic_at(folder)
    for _ in count():
        kept = take_backup(clinic.admin, clinic.store, STORE_ID, stick)
        os.write(sys.stdout.fileno(), f"{kept.name} {kept.digest.hex()}\n".encode())


def restore_for_ever(file: Path, target: Path, words: str) -> None:
    for number in count():
        print(number, flush=True)
        rebuild_store(file, identity_from(words), target, lambda _: DATA_KEY)
        target.unlink()


def peak(folder: Path, stick: Path) -> None:
    clinic = clinic_at(folder)
    idle = peak_mb()
    take_backup(clinic.admin, clinic.store, STORE_ID, stick)
    print(idle, peak_mb(), flush=True)


def move(store: Path, _: Path) -> None:
    mover = Mover(StoreFile(store, DATA_KEY))
    print("begun", flush=True)
    mover.run()


if __name__ == "__main__":
    what, one, other, *words = sys.argv[1:]
    if what == "restore":
        restore_for_ever(Path(one), Path(other), " ".join(words))
    else:
        {"take": take_for_ever, "peak": peak, "move": move}[what](Path(one), Path(other))

"""A process beside the tests: a program of its own.

    python -m tests.backup.beside peak FOLDER STICK
    python -m tests.backup.beside move STORE -
    python -m tests.backup.beside fold STORE -

`peak` makes a backup and prints how many MB it took; `move` writes without a pause; `fold` is for
ever about to fold the log in, so that nobody else may.
"""

from __future__ import annotations

import sys
from pathlib import Path

from backup.taking import take_backup
from database.engine import StoreFile
from tests.backup.backed_up import STORE_ID, Mover
from tests.bench.measuring import peak_mb
from tests.bench.world import clinic_at
from tests.clinics import DATA_KEY

CHECKPOINTER = (
    121  # the byte that whoever folds the log in has locked (sqlite.org/walformat.html, 2.3)
)


def peak(folder: Path, stick: Path) -> None:
    clinic = clinic_at(folder)
    idle = peak_mb()
    take_backup(clinic.admin, clinic.store, STORE_ID, stick)
    print(idle, peak_mb(), flush=True)


def move(store: Path, _: Path) -> None:
    mover = Mover(StoreFile(store, DATA_KEY))
    print("begun", flush=True)
    mover.run()


def fold(store: Path, _: Path) -> None:
    import fcntl  # noqa: PLC0415 not on every system

    with store.with_name(store.name + "-shm").open("r+b") as shared:
        fcntl.lockf(shared, fcntl.LOCK_EX, 1, CHECKPOINTER)
        print("begun", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    what, one, other = sys.argv[1:]
    {"peak": peak, "move": move, "fold": fold}[what](Path(one), Path(other))

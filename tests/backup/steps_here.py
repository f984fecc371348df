"""What the faults strike while a house is at work: other records put in place of the present ones.

As in steps.py: `prepare`, `go`, `wrong`. Whatever ends them, the house opens afterwards with each
of its keys, on the records of before or on those that were to come, with a log that is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backup.swapping import JOURNAL
from database.store import open_store
from medilink.audit import Act
from medilink.errors import MediLinkError
from medilink.log_check import check_chain
from tests.backup.backed_up import WORDS
from tests.backup.standing_here import AFTER, BEFORE, Here, close_all, names_in, two_records
from tests.backup.test_restoring import PASSPHRASE, Laptop
from ui.house import House

OLD_KEY = "key of before"
WAYS = ("passphrase", "words", "this computer")
Wrong = Iterator[str]


def _laptop(folder: Path) -> Laptop:
    laptop = Laptop(folder)
    laptop.words = WORDS
    return laptop


def a_house_with_a_backup(folder: Path) -> None:
    """Closed; with the key its records are under beside it."""
    here = Here(_laptop(folder))
    two_records(here)
    (folder / OLD_KEY).write_bytes(here.house.store.file.data_key)
    close_all()


def put_back(folder: Path) -> None:
    """The first backup, in the place of everything."""
    here = Here(_laptop(folder))
    try:
        here.restore(min(here.home.glob("*.age")))
    finally:
        close_all()


def give_key(folder: Path) -> None:
    """The same records under a fresh key."""
    here = Here(_laptop(folder))
    try:
        here.new_key()
    finally:
        close_all()


def wrong_after_putting_back(folder: Path, done: bool) -> Wrong:
    """The records of before or those of the backup."""
    for way in WAYS:
        yield from _opened(folder, way, Act.RESTORE if done else None)
    yield from _left_over(folder)


def wrong_after_giving_key(folder: Path, done: bool) -> Wrong:
    """The records of before, under the old key or the new."""
    for way in WAYS:
        yield from _opened(folder, way, Act.NEW_DATA_KEY if done else None, restored=False)
    yield from _left_over(folder)
    if done:
        try:
            open_store(_laptop(folder).config.store_file, (folder / OLD_KEY).read_bytes()).close()
        except MediLinkError:
            return
        yield "the old key still opens the records"


def _opened(folder: Path, way: str, told: Act | None, *, restored: bool = True) -> Wrong:
    house = _laptop(folder).house()
    try:
        _open(house, way)
    except MediLinkError as trouble:
        yield f"the house does not open with {way}: {trouble.code}"
        return
    try:
        rows = list(house.store.log.rows())
        acts, names = {row.act for row in rows}, names_in(house)
        if not check_chain(rows).sound:
            yield "the log is not whole"
        if told and told not in acts:
            yield f"the log does not tell of {told}"
        if names != (AFTER if restored and Act.RESTORE in acts else BEFORE):
            yield f"{sorted(names)} are there, and the log says {sorted(acts)}"
        if restored and Act.RESTORE in acts:
            yield from _without_the_old(folder, house)
    finally:
        house.close()


def _open(house: House, way: str) -> None:
    if way == "passphrase":
        house.unlock(PASSPHRASE)
    elif way == "words":
        house.unlock_with_words(WORDS)
    else:
        house.unlock_by_itself()


def _without_the_old(folder: Path, house: House) -> Wrong:
    """What was replaced is kept until somebody deletes it."""
    swap = house.store.backups.of_swaps()[-1]
    old = open_store(folder / "data" / swap.folder / "records.db", house.store.file.data_key)
    with old.file.reading() as connection:
        given = set(connection.exec_driver_sql("SELECT given FROM patient").scalars())
    old.close()
    if not given >= AFTER:
        yield f"of what was replaced only {sorted(given)} is kept"


def _left_over(folder: Path) -> Wrong:
    """After an opening. What is known of backups is written anew by the next round."""
    there = {path.name for path in (folder / "data").iterdir()} - {"backups.json.new"}
    if left := [name for name in there if name.endswith((".coming", ".new", JOURNAL))]:
        yield f"left over: {left}"

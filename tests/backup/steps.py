"""What the faults strike: each step of a backup's life as three plain functions.

`prepare` makes the world a step begins in, once; `go` is the step, as the running app would do it,
in a copy of that world; `wrong` says what of that world is not as promised after it, however it
ended (`done`: it came to its end). A new step is a new line in STEPS: every fault then strikes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

from backup.archive import nobody_waits, read_archive
from backup.destinations import Wanted, put
from backup.folder import FolderRoom
from backup.kept import Kept, name_of, read_name
from backup.recovery import identity_from
from backup.restoring import rebuild_store
from backup.retention import Policy
from backup.rounds import Rounds
from backup.schedule import milliseconds
from backup.taking import take_backup
from database import migrate
from database.engine import open_raw
from database.store import open_store
from medilink.audit import Act
from medilink.config import Config
from medilink.errors import BackupTrouble, MediLinkError
from medilink.log_check import check_chain
from tests.backup.backed_up import STORE_ID, WORDS, BackedUp, backed_up
from tests.backup.staying import must_stay
from tests.backup.steps_here import (
    a_house_with_a_backup,
    give_key,
    put_back,
    wrong_after_giving_key,
    wrong_after_putting_back,
)
from tests.backup.worlds import NOON, STORE, Laptop, body_of, chosen_folder
from tests.bench.world import clinic_at
from tests.clinics import DATA_KEY, START, HandClock, new_clinic
from ui.coming_back import ComingBack, come_back
from ui.house import House, State

IDENTITY = identity_from(WORDS)
PASSPHRASE = "copper violin sunset 88"
OLD_STORE = "0001"  # the first version there was: every step forward is walked
OLD_PATIENTS = 300
Wrong = Iterator[str]


@dataclass(frozen=True)
class Step:
    """One step, and its promise."""

    prepare: Callable[[Path], None]
    go: Callable[[Path], None]
    wrong: Callable[[Path, bool], Wrong]


class Nowhere:
    """Takes pages and forgets them."""

    def write(self, plain: bytes) -> None: ...

    def close(self) -> None: ...


# ---- a backup is made


def _clinic_with_a_backup(folder: Path) -> BackedUp:
    clinic = new_clinic(folder)
    for _ in range(3):
        clinic.register()
    made = backed_up(clinic)
    made.take()
    clinic.store.close()
    return made


def _take(folder: Path) -> None:
    clinic = clinic_at(folder)
    try:
        take_backup(clinic.admin, clinic.store, STORE_ID, folder / "stick")
    finally:
        clinic.store.close()


def _wrong_after_taking(folder: Path, done: bool) -> Wrong:
    yield from _wrong_with_store(folder / "records.db")
    there = {read_name(path.name): path for path in (folder / "stick").iterdir()}
    named = {name[1]: path for name, path in there.items() if name}
    if 1 not in named or len(named) < 1 + done:
        yield f"a finished backup is gone: {sorted(named)} are there"
    for generation, path in named.items():
        if not _is_whole(path):
            yield f"half a backup under a name: {generation}"


def _is_whole(path: Path) -> bool:
    try:
        read_archive(path, IDENTITY, lambda _: Nowhere())
    except BackupTrouble:
        return False
    return True


def _wrong_with_store(path: Path) -> Wrong:
    """Opens, is whole, and its log is."""
    raw = open_raw(path, DATA_KEY)
    [found] = raw.execute("PRAGMA integrity_check(1)").fetchone()
    raw.close()
    if found != "ok":
        yield f"the store is damaged: {found}"
    store = open_store(path, DATA_KEY)
    if not check_chain(store.log.rows()).sound:
        yield "the log is not whole"
    store.close()


# ---- a store is rebuilt


def _restore(folder: Path) -> None:
    target = folder / "again.db"
    rebuild_store(_the_backup(folder), IDENTITY, target, lambda _: DATA_KEY)


def _the_backup(folder: Path) -> Path:
    [path] = (folder / "stick").iterdir()
    return path


def _wrong_after_restoring(folder: Path, done: bool) -> Wrong:
    if not _is_whole(_the_backup(folder)):
        yield "the backup was changed by reading it"
    for path in folder.glob("again.db*"):
        if path.read_bytes().startswith(b"SQLite format 3"):
            yield f"{path.name} is in the open"
    if done:
        yield from _wrong_with_store(folder / "again.db")


def _clean_restore(folder: Path) -> None:
    """Whoever tries again begins with a new file, as `come_back` does."""
    for path in folder.glob("again.db*"):
        path.unlink()
    _restore(folder)


# ---- a clinic comes back on a new computer


def _config(folder: Path) -> Config:
    return Config(folder / "new" / "data", folder / "new" / "keys", hash_cost="light")


def _come_back(folder: Path) -> None:
    """As somebody does it: what is there already is unlocked, otherwise it is done again."""
    config, clock = _config(folder), HandClock()
    if House(config, clock).state is State.NO_CLINIC or not config.slots_file.exists():
        brought = ComingBack(
            _the_backup(folder), WORDS, "", PASSPHRASE, PASSPHRASE, f"{START:%Y-%m-%d}"
        )
        come_back(config, brought, clock, nobody_waits)
    _unlocked(config)


def _unlocked(config: Config) -> None:
    house = House(config, HandClock())
    house.unlock(PASSPHRASE)
    house.close()


def _wrong_after_coming_back(folder: Path, done: bool) -> Wrong:
    config = _config(folder)
    if not _is_whole(_the_backup(folder)):
        yield "the backup was changed by reading it"
    if config.store_file.exists() and not config.slots_file.exists():
        yield "a clinic without keys"
    if done and not config.slots_file.exists():
        yield "a clinic that was back is gone"
    if config.slots_file.exists():
        yield from _wrong_with_clinic(config)


def _wrong_with_clinic(config: Config) -> Wrong:
    house = House(config, HandClock())
    try:
        house.unlock(PASSPHRASE)
    except MediLinkError as trouble:
        yield f"a clinic that does not open: {trouble.code}"
        return
    rows = list(house.store.log.rows())
    house.close()
    if not check_chain(rows).sound:
        yield "the log is not whole"
    if not any(row.act == Act.RESTORE for row in rows):
        yield "the log does not tell of the restore"


# ---- a backup is carried to a place


def _carry(folder: Path) -> None:
    source, stick = _the_backup(folder), folder / "place"
    stick.mkdir(exist_ok=True)
    content = source.read_bytes()
    wanted = Wanted(source.name, len(content), hashlib.sha256(content).digest())
    with source.open("rb") as file:
        put(FolderRoom(stick), wanted, file)


def _wrong_after_carrying(folder: Path, done: bool) -> Wrong:
    source = _the_backup(folder)
    copy = folder / "place" / source.name
    if copy.exists() and copy.read_bytes() != source.read_bytes():
        yield "a copy under its name is not what was copied"
    if done and not copy.exists():
        yield "a finished copy is gone"


# ---- old ones are removed

FEW = Policy(days=5, daily=3, weekly=2, monthly=2)
NIGHTS = 40
A_DAY_MS = 86_400_000


def _laptop(folder: Path) -> Laptop:
    made = []
    for night in range(1, NIGHTS + 1):
        body, at = body_of(night), milliseconds(NOON + timedelta(days=night))
        digest = hashlib.sha256(body).digest()
        made.append(Kept(name_of(STORE, night), night, at, len(body), digest, at))
    wall = NOON + timedelta(days=NIGHTS, hours=1)
    places = [chosen_folder(folder / "stick")]
    return Laptop(folder / "laptop", places, wall, made=made)


def _forty_nights(folder: Path) -> None:
    laptop = _laptop(folder)
    means = laptop.means()
    laptop.home.mkdir(parents=True)
    known = means.ledger.read()
    for key, place in (("home", laptop.home), (laptop.places[0].key, folder / "stick")):
        for one in laptop.made:
            (place / one.name).write_bytes(body_of(one.generation))
            known = known.with_place(key, known.at(key).with_kept(one))
    newest = laptop.made[-1]
    means.ledger.write(replace(known, verified_at=newest.at, verified_generation=newest.generation))


def _prune(folder: Path) -> None:
    """A night's round: one more is made, carried, and what is too old goes at both places. Each is
    a day after the one before, so that a place that had trouble is tried again."""
    laptop = _laptop(folder)
    known = laptop.means().ledger.read()
    laptop.running = known.running + A_DAY_MS
    laptop.made = [*laptop.made, *known.at("home").held[NIGHTS:]]
    done = Rounds(replace(laptop.means(), policy=FEW)).go(at_once=True)
    if done.troubles:
        raise next(iter(done.troubles.values()))


def _wrong_after_pruning(folder: Path, done: bool) -> Wrong:
    laptop = _laptop(folder)
    for place in (laptop.home, folder / "stick"):
        there = {
            name[1]: path.read_bytes() for path in place.iterdir() if (name := read_name(path.name))
        }
        if any(content != body_of(generation) for generation, content in there.items()):
            yield f"half a backup in {place.name}"
        newest = max(there, default=0)
        if newest < NIGHTS + done:
            yield f"the newest in {place.name} is {newest}"
        # A round that was cut off may have made one; the next makes another beside it.
        if gone := must_stay(laptop.made, FEW) - set(there) - _pushed_out(newest):
            yield f"{sorted(gone)} had to stay in {place.name}"


def _pushed_out(newest: int) -> set[int]:
    """The last days are counted from the newest there is."""
    return {NIGHTS - FEW.days} if newest > NIGHTS else set()


# ---- an old store moves forward


def _old_store(folder: Path) -> None:
    folder.mkdir(parents=True)
    steps = folder.with_name(folder.name + "-steps")
    ours = Path(migrate.__file__).parent / "migrations"
    copytree(ours, steps, ignore=lambda _, names: [
        name for name in names if name.startswith("0") and not name.startswith(OLD_STORE)
    ])  # fmt: skip
    known = migrate._STEPS, migrate.NEWEST
    migrate._STEPS, migrate.NEWEST = steps, OLD_STORE
    try:
        migrate.bring_up(folder / "records.db", DATA_KEY, create=True)
    finally:
        migrate._STEPS, migrate.NEWEST = known
    raw = open_raw(folder / "records.db", DATA_KEY)
    raw.execute("BEGIN")
    raw.executemany(
        "INSERT INTO patient (id, uid, medilink_id, sex, birth_estimated, version, registered_at)"
        " VALUES (?, ?, ?, 'female', 0, 1, 0)",
        [(number, b"%d" % number, f"ML-{number}") for number in range(1, OLD_PATIENTS + 1)],
    )
    raw.execute("COMMIT")
    raw.close()


def _migrate(folder: Path) -> None:
    open_store(folder / "records.db", DATA_KEY).close()


def _wrong_after_migrating(folder: Path, done: bool) -> Wrong:
    raw = open_raw(folder / "records.db", DATA_KEY)
    [version] = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    [patients] = raw.execute("SELECT count(*) FROM patient").fetchone()
    [found] = raw.execute("PRAGMA integrity_check(1)").fetchone()
    raw.close()
    if version not in ({migrate.NEWEST} if done else {OLD_STORE, migrate.NEWEST}):
        yield f"between two versions: {version}"
    if (patients, found) != (OLD_PATIENTS, "ok"):
        yield f"{patients} patients, {found}"


def _backup_alone(folder: Path) -> None:
    _clinic_with_a_backup(folder)


STEPS: dict[str, Step] = {
    "take": Step(_backup_alone, _take, _wrong_after_taking),
    "restore": Step(_backup_alone, _clean_restore, _wrong_after_restoring),
    "come back": Step(_backup_alone, _come_back, _wrong_after_coming_back),
    "carry": Step(_backup_alone, _carry, _wrong_after_carrying),
    "prune": Step(_forty_nights, _prune, _wrong_after_pruning),
    "migrate": Step(_old_store, _migrate, _wrong_after_migrating),
    "put back": Step(a_house_with_a_backup, put_back, wrong_after_putting_back),
    "new key": Step(a_house_with_a_backup, give_key, wrong_after_giving_key),
}

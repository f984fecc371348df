"""Backups: what sealing and opening cost against the bare commands, and how long a writer waits.

The floors are `zstd | age` and `age -d | zstd -d` with SQLite's `integrity_check` after it, on the
same plain pages; the plain file lies in the bench's own folder and is of nobody real. CPU is that
of this process and its children, contestants in turn, the best of each.
"""

from __future__ import annotations

import io
import resource
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable

from backup.archive import write_archive
from backup.recovery import identity_from, recipient_from, words_open_backups
from backup.restoring import rebuild_store
from backup.taking import take_backup
from database.snapshot import frozen
from medilink.acts.back_up import recipients_of
from medilink.acts.sign_in import log_sign_out
from tests.backup.backed_up import STORE_ID, WORDS, key_file
from tests.bench.measuring import Measured, Timing, Work, percentile, ratio
from tests.bench.table import benchmark
from tests.bench.world import World
from tests.clinics import DATA_KEY, TestClinic
from ui.setting_up.system_parts import add_backup_tools

ROUNDS = 7
COMMITS_A_SECOND = 50


def cpu_us(work: Work) -> float:
    """Microseconds of CPU, with those of commands that were started."""

    def spent() -> float:
        own, theirs = (
            resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime

    begun = spent()
    work()
    return (spent() - begun) * 1e6


def _in_turn(rounds: int, ours: Work, floor: Work) -> tuple[Timing, Timing]:
    taken = [(cpu_us(ours), cpu_us(floor)) for _ in range(rounds)]
    return Timing(tuple(one for one, _ in taken)), Timing(tuple(other for _, other in taken))


class Bench:
    """A filled clinic, one backup of it, and the same pages in the open."""

    def __init__(self, world: World) -> None:
        self.clinic: TestClinic = world.clinic()
        self.folder = world.new_folder("backup")
        words_open_backups(self.clinic.admin, key_file(), WORDS)
        kept = take_backup(self.clinic.admin, self.clinic.store, STORE_ID, self.folder)
        self.file = self.folder / kept.name
        with frozen(self.clinic.store.file) as snapshot:
            (self.folder / "plain.db").write_bytes(b"".join(snapshot.pages))
        (self.folder / "key.txt").write_text(identity_from(WORDS))
        add_backup_tools()
        self.tools = bool(shutil.which("age") and shutil.which("zstd"))

    def run(self, command: str) -> None:
        bash = ["bash", "-o", "pipefail", "-c", command]
        subprocess.run(bash, cwd=self.folder, check=True, capture_output=True)

    @property
    def megabytes(self) -> float:
        return (self.folder / "plain.db").stat().st_size / 1e6


@benchmark("backup_cpu", "× `zstd | age` on the same plain pages", at_most=1.3)
def makes_a_backup(world: World) -> Measured:
    """From the encrypted store to the sealed file, beside writers; without the check after it."""
    bench = Bench(world)
    both = [f"-r {one}" for one in recipients_of(bench.clinic.admin)]
    if not bench.tools:
        return Measured(0.0, None, "there is no age or no zstd on this computer")

    def ours() -> None:
        with frozen(bench.clinic.store.file) as snapshot:
            with (bench.folder / "ours.age").open("wb") as file:
                write_archive(snapshot, b"", recipients_of(bench.clinic.admin), file)

    def floor() -> None:
        bench.run(f"zstd -q < plain.db | age {' '.join(both)} > floor.age")

    found = ratio(*_in_turn(world.times(ROUNDS, 1), ours, floor))
    stored = [(bench.folder / name).stat().st_size for name in ("ours.age", "floor.age")]
    bench.clinic.store.close()
    note = f"{bench.megabytes:.0f} MB; stored {stored[0]:,} against {stored[1]:,} bytes"
    return Measured(found.value, found.floor, f"{note}; {found.note}")


@benchmark("restore_cpu", "× `age -d | zstd -d` and integrity_check", at_most=1.3)
def restores_a_backup(world: World) -> Measured:
    """From the file to an encrypted store that passed every check. The floor leaves a plain file,
    and looks at that: nothing in it is encrypted again, or decrypted to be looked at."""
    bench = Bench(world)
    if not bench.tools:
        return Measured(0.0, None, "there is no age or no zstd on this computer")

    def ours() -> None:
        target = bench.folder / "again.db"
        rebuild_store(bench.file, identity_from(WORDS), target, lambda _: DATA_KEY)
        target.unlink()

    def floor() -> None:
        bench.run(f"age -d -i key.txt {bench.file.name} | zstd -q -d > floor.db")
        plain = sqlite3.connect(bench.folder / "floor.db")
        plain.execute("PRAGMA integrity_check").fetchall()
        plain.close()

    found = ratio(*_in_turn(world.times(ROUNDS, 1), ours, floor))
    bench.clinic.store.close()
    return Measured(found.value, found.floor, f"{bench.megabytes:.0f} MB; {found.note}")


@benchmark("backup_writer_stall", "ms, the longest a writer waits", at_most=250)
def keeps_writers_waiting(world: World) -> Measured:
    """Fifty acts a second in one thread while backups are made in another of the same process, the
    worst place for it; the note has the same without one."""
    bench = Bench(world)
    quiet = _longest(bench, lambda: time.sleep(world.times(3, 1)))

    def three() -> None:
        for _ in range(world.times(3, 1)):
            with frozen(bench.clinic.store.file) as snapshot:
                to = recipient_from(WORDS)
                write_archive(snapshot, b"", [to], io.BytesIO())

    busy = _longest(bench, three)
    bench.clinic.store.close()
    note = (
        f"99 of 100 under {percentile(busy, 0.99):.1f} ms; "
        f"without a backup {percentile(quiet, 0.99):.1f}, longest {max(quiet):.1f}"
    )
    return Measured(max(busy), max(quiet), note)


def _longest(bench: Bench, meanwhile: Callable[[], None]) -> list[float]:
    """How long each act took, in milliseconds, while something else went on."""
    waits: list[float] = []
    done = threading.Event()

    def write() -> None:
        while not done.wait(1 / COMMITS_A_SECOND):
            begun = time.perf_counter()
            log_sign_out(bench.clinic.admin)
            waits.append((time.perf_counter() - begun) * 1000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        meanwhile()
    finally:
        done.set()
        writer.join()
    return waits or [0.0]

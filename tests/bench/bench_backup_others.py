"""Backups beside what others use: the bare commands, restic and borg; CPU and stored size of all.

All four are given the same plain pages (ours decrypts them itself), encrypt, compress with zstd and
write a first backup into an empty place; contestants in turn, the best of each. restic and borg are
measured only where they are installed; their repositories are made before the clock runs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backup.archive import write_archive
from database.snapshot import frozen
from medilink.acts.back_up import recipients_of
from tests.bench.bench_backup import ROUNDS, Bench, cpu_us
from tests.bench.measuring import Measured
from tests.bench.table import benchmark
from tests.bench.world import World

PASSWORD = "made-up and only for this bench"
RESTIC = "restic -q --no-cache -r restic"
BORG = "borg --error"


@dataclass(frozen=True)
class Contestant:
    """`prepare` is not measured; `stored`: what is there afterwards."""

    name: str
    prepare: Callable[[], None]
    go: Callable[[], None]
    stored: Path


def _contestants(bench: Bench) -> list[Contestant]:
    folder, to = bench.folder, recipients_of(bench.clinic.admin)

    def ours() -> None:
        with frozen(bench.clinic.store.file) as snapshot, (folder / "ours").open("wb") as file:
            write_archive(snapshot, b"", to, file)

    def command(line: str) -> Callable[[], None]:
        return lambda: bench.run(line)

    def anew(name: str, line: str) -> Callable[[], None]:
        def prepare() -> None:
            shutil.rmtree(folder / name, ignore_errors=True)
            bench.run(line)

        return prepare

    keys = " ".join(f"-r {one}" for one in to)
    pipe = f"zstd -q < plain.db | age {keys} > pipe"
    there = [
        Contestant("MediLink", lambda: None, ours, folder / "ours"),
        Contestant("zstd | age", lambda: None, command(pipe), folder / "pipe"),
    ]
    if shutil.which("restic"):
        stdin = f"{RESTIC} backup --stdin --stdin-filename clinic.db < plain.db"
        begin = anew("restic", f"{RESTIC} init")
        there.append(Contestant("restic", begin, command(stdin), folder / "restic"))
    if shutil.which("borg"):
        create = f"{BORG} create -C zstd,3 borg::one - < plain.db"
        begin = anew("borg", f"{BORG} init -e repokey-blake2 borg")
        there.append(Contestant("borg", begin, command(create), folder / "borg"))
    return there


def _bytes_below(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


@benchmark("backup_stored", "× the smallest of `zstd | age`, restic and borg", at_most=1.0)
def stores_little(world: World) -> Measured:
    """The size of a first backup; the note has the table."""
    bench = Bench(world)
    if not bench.tools:
        return Measured(0.0, None, "there is no age or no zstd on this computer")
    os.environ.update(
        RESTIC_PASSWORD=PASSWORD, BORG_PASSPHRASE=PASSWORD, BORG_BASE_DIR=str(bench.folder)
    )
    rows = _contestants(bench)
    cpu: dict[str, float] = {}
    for _ in range(world.times(ROUNDS, 1)):
        for one in rows:
            one.prepare()
            cpu[one.name] = min(cpu_us(one.go), cpu.get(one.name, float("inf")))
    bench.clinic.store.close()
    stored = {one.name: _bytes_below(one.stored) for one in rows}
    smallest = min(size for name, size in stored.items() if name != rows[0].name)
    table = "; ".join(
        f"{one.name} {cpu[one.name] / 1000:.0f} ms of CPU, {stored[one.name]:,} bytes"
        for one in rows
    )
    missing = [name for name in ("restic", "borg") if not shutil.which(name)]
    note = f"{bench.megabytes:.0f} MB: {table}"
    note += f"; not installed: {', '.join(missing)}" if missing else ""
    return Measured(stored[rows[0].name] / smallest, float(smallest), note)

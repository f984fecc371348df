"""Killed, full, read along by a thief: nothing is left that looks finished, nothing in the open."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backup.kept import read_name
from backup.restoring import rebuild_store
from backup.taking import PART, take_backup
from database.engine import open_raw
from database.store import open_store
from medilink.acts.write_visit import write_visit
from medilink.audit import Act, open_entry
from medilink.errors import BackupUnwritten
from medilink.log_check import check_chain
from medilink.people import PatientDetails, Sex
from medilink.visits import NewVisit
from tests.backup.backed_up import STORE_ID, WORDS, BackedUp, backed_up
from tests.bench.filling import fill
from tests.clinics import DATA_KEY, TestClinic
from tests.faults.test_no_plaintext import PLANTED, files_below, holding

LONG = bool(os.environ.get("MEDILINK_LONG"))
KILLS = 500 if LONG else 9
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(*what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.backup.killing", *what]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def killed_after(child: subprocess.Popen[str], seconds: float) -> list[str]:
    """Kill -9 some time after the first word; everything it said."""
    assert child.stdout
    first = child.stdout.readline()
    timer = threading.Timer(seconds, child.send_signal, [signal.SIGKILL])
    timer.start()
    said = [first, *child.stdout]
    timer.join()
    child.wait()
    return [line.strip() for line in said]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_killed_at_any_moment_it_leaves_whole_backups_or_none(kisumu: BackedUp) -> None:
    kisumu.clinic.store.close()
    chance, told = random.Random(7), set[str]()
    for _ in range(KILLS):
        with running("take", str(kisumu.clinic.folder), str(kisumu.stick)) as child:
            told |= set(killed_after(child, chance.uniform(0, 0.4)))
        there = {path.name for path in kisumu.stick.iterdir() if read_name(path.name)}
        assert {line.split()[0] for line in told} <= there, "a finished backup is gone"
    target = kisumu.clinic.folder / "again.db"
    for name in sorted(there):
        rebuilt = rebuild_store(kisumu.stick / name, kisumu.identity, target, lambda _: DATA_KEY)
        assert all(line.split()[1] == rebuilt.digest.hex() for line in told if name in line)
        target.unlink()
    store = open_store(kisumu.clinic.store_file, DATA_KEY)
    assert check_chain(store.log.rows()).sound
    store.close()
    with running("take", str(kisumu.clinic.folder), str(kisumu.stick)) as child:
        assert child.stdout
        child.stdout.readline()
    torn = [path for path in kisumu.stick.iterdir() if path.name.endswith(PART)]
    assert len(torn) <= 1, "the next one clears away what a kill has left"


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_killed_while_restoring_it_leaves_no_store_that_opens_half(
    kisumu: BackedUp, tmp_path: Path
) -> None:
    for number in range(30):
        kisumu.clinic.register(details=PatientDetails(f"Given{number}", "Family", Sex.FEMALE))
    file, target = kisumu.path(kisumu.take()), tmp_path / "target.db"
    chance = random.Random(8)
    for _ in range(KILLS // 3):
        with running("restore", str(file), str(target), WORDS) as child:
            killed_after(child, chance.uniform(0, 0.3))
        for left in tmp_path.glob("target.db*"):
            assert not left.read_bytes().startswith(b"SQLite format 3")
            left.unlink()
    rebuild_store(file, kisumu.identity, target, lambda _: DATA_KEY)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only an administrator of a Linux computer may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_stick_is_a_clear_sentence_and_no_file(clinic: TestClinic, tmp_path: Path) -> None:
    kisumu = backed_up(clinic)
    for kilobytes in (4, 8):
        with small_disk(tmp_path / f"stick{kilobytes}", kilobytes) as stick:
            with pytest.raises(BackupUnwritten) as told:
                take_backup(clinic.admin, clinic.store, STORE_ID, stick)
            assert "No space left" in told.value.sentence
            assert list(stick.iterdir()) == []
    last = [open_entry(row) for row in clinic.store.log.rows() if row.act == Act.BACK_UP][-1]
    assert last.why == "backup-unwritten"
    kisumu.take()


def test_a_disk_that_refuses_only_at_the_end_is_the_same(
    kisumu: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Network drives and quotas say so when what was written has to arrive."""

    def refuse(handle: int) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("backup.taking.os.fsync", refuse)
    with pytest.raises(BackupUnwritten) as told:
        kisumu.take()
    assert "Disk quota exceeded" in told.value.sentence
    assert kisumu.left == []


def test_nothing_is_ever_on_the_disk_in_the_open(
    kisumu: BackedUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is looked into at every megabyte of making, checking and restoring a backup, from
    the file itself and from a copy."""
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temp))
    doctor = kisumu.clinic.provider()
    for start in range(0, len(PLANTED), 5):
        name, reason, diagnosis, note, village = PLANTED[start : start + 5]
        details = PatientDetails(name, name, Sex.FEMALE, village=village)
        patient = kisumu.clinic.register(by=doctor, details=details).patient.id
        write_visit(
            doctor, patient, NewVisit(reason=reason, diagnoses=(diagnosis,), notes=note * 2000)
        )
    secrets = [word.encode() for word in PLANTED] + [b"SQLite format 3", b"AGE-SECRET-KEY-1"]
    looks, seen = 0, set[str]()

    def look(done: int, of: int) -> None:
        nonlocal looks
        files = files_below(tmp_path, kisumu.clinic.folder)
        looks += 1
        seen.update(path.name for path in files)
        assert holding(files, secrets) == []

    for tries in (8, 0):
        monkeypatch.setattr("database.snapshot.PIN_TRIES", tries)
        kept = take_backup(kisumu.clinic.admin, kisumu.clinic.store, STORE_ID, kisumu.stick, look)
    target = tmp_path / "again.db"
    rebuild_store(kisumu.path(kept), kisumu.identity, target, lambda _: bytes(32), look)
    look(0, 0)
    assert looks > 5
    assert {f"{kept.name}{PART}", "records.db-checked", "again.db"} <= seen


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_store(clinic: TestClinic) -> None:
    """A store ten times as large takes no more memory to back up and check."""
    kisumu, taken = backed_up(clinic), []
    clinic.store.close()
    for patients in (2_000, 20_000):
        folder = clinic.folder / str(patients)
        folder.mkdir()
        (folder / "records.db").write_bytes(clinic.store_file.read_bytes())
        store = open_store(folder / "records.db", DATA_KEY)
        raw = open_raw(folder / "records.db", DATA_KEY)
        fill(raw, patients)
        raw.close()
        store.close()
        command = [sys.executable, "-m", "tests.backup.killing", "peak"]
        done = subprocess.run(
            [*command, str(folder), str(kisumu.stick)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        idle, peak = map(float, done.stdout.split())
        taken.append(((folder / "records.db").stat().st_size / 1e6, peak - idle))
    (small, little), (large, much) = taken
    assert large > 5 * small
    assert much < 120, taken

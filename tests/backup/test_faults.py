"""Full, or read along by a thief: nothing is left that looks finished, nothing in the open."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from backup.restoring import rebuild_store
from backup.taking import PART, take_backup
from database.engine import open_raw
from database.store import open_store
from medilink.acts.write_visit import write_visit
from medilink.audit import Act, open_entry
from medilink.errors import BackupUnwritten
from medilink.people import PatientDetails, Sex
from medilink.visits import NewVisit
from tests.backup.backed_up import STORE_ID, BackedUp, backed_up
from tests.backup.test_full_disk import small_disk
from tests.bench.filling import fill
from tests.clinics import DATA_KEY, TestClinic
from tests.faults.test_no_plaintext import PLANTED, files_below, holding

ROOT = Path(__file__).resolve().parents[2]


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
    backed_up(clinic)
    taken = []
    clinic.store.close()
    for patients in (2_000, 20_000):
        folder = clinic.folder / str(patients)
        (folder / "stick").mkdir(parents=True)
        (folder / "records.db").write_bytes(clinic.store_file.read_bytes())
        store = open_store(folder / "records.db", DATA_KEY)
        raw = open_raw(folder / "records.db", DATA_KEY)
        fill(raw, patients)
        raw.close()
        store.close()
        command = [sys.executable, "-m", "tests.backup.beside", "peak"]
        done = subprocess.run(
            [*command, str(folder), str(folder / "stick")],
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

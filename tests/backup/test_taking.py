"""A backup is one moment of the store, whole, in a chain; or there is none, and the log says so."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from backup import taking
from backup.archive import label_of
from backup.kept import name_of, read_name
from backup.recovery import words_open_backups
from backup.taking import one_at_a_time, take_backup
from database.engine import StoreFile, open_raw
from database.snapshot import Frozen, frozen
from medilink.acts.log_proof import verify_log
from medilink.acts.network import own_key
from medilink.acts.report import backups_here
from medilink.acts.sign_in import log_sign_out
from medilink.acts.write_visit import write_visit
from medilink.audit import Act, AuditEntry, open_entry
from medilink.compliance import Backups
from medilink.errors import (
    BackupFails,
    BackupNameTaken,
    BackupRunning,
    BackupUnwritten,
    RecoveryNotTyped,
    Refused,
    StoreDamaged,
    WrongRecoveryWords,
)
from medilink.store_backup import FIRST_BEFORE
from medilink.visits import NewVisit
from security.slots import new_recovery_words
from tests.backup.backed_up import STORE_ID, BackedUp, Mover, in_memory, key_file
from tests.clinics import DATA_KEY, TestClinic
from tests.counts import times

ROOT = Path(__file__).resolve().parents[2]
TRIALS = times(150, 10_000)


def entries(clinic: TestClinic, act: Act) -> list[AuditEntry]:
    return [open_entry(row) for row in clinic.store.log.rows() if row.act == act]


def test_each_backup_knows_its_number_and_the_one_before(kisumu: BackedUp) -> None:
    kept = [kisumu.take() for _ in range(3)]
    labels = [label_of(kisumu.path(one), kisumu.identity) for one in kept]
    assert [one.generation for one in kept] == [1, 2, 3]
    assert [label.says.before for label in labels] == [
        FIRST_BEFORE,
        kept[0].digest,
        kept[1].digest,
    ]
    assert {read_name(one.name) for one in kept} == {(STORE_ID, number) for number in (1, 2, 3)}
    for label in labels:
        label.said.check(own_key(kisumu.clinic.desk))
        label.head.check(own_key(kisumu.clinic.desk))
    assert kisumu.left == sorted(one.name for one in kept)


def test_the_log_tells_of_it_and_stays_whole(kisumu: BackedUp) -> None:
    kept = kisumu.take()
    [begun], [checked] = (entries(kisumu.clinic, act) for act in (Act.BACK_UP, Act.CHECK_BACKUP))
    assert (begun.outcome, checked.outcome) == ("done", "done")
    assert checked.extra["digest"] == kept.digest.hex()
    assert verify_log(kisumu.clinic.admin, None).sound
    now = kisumu.clinic.desk.now
    assert backups_here(kisumu.clinic.admin) == Backups(made=1, newest=now, tried=now)


def test_no_backup_before_somebody_has_typed_the_recovery_words(clinic: TestClinic) -> None:
    with pytest.raises(RecoveryNotTyped) as told:
        take_backup(clinic.admin, clinic.store, STORE_ID, clinic.folder)
    assert "24 words" in told.value.sentence
    with pytest.raises(WrongRecoveryWords):
        words_open_backups(clinic.admin, key_file(), " ".join(new_recovery_words()))


def test_who_treats_patients_makes_no_backups(kisumu: BackedUp) -> None:
    doctor = kisumu.clinic.provider()
    with pytest.raises(Refused):
        take_backup(doctor, kisumu.clinic.store, STORE_ID, kisumu.stick)
    assert kisumu.left == []


def test_two_are_never_made_at_once(kisumu: BackedUp) -> None:
    with one_at_a_time(kisumu.clinic.store_file), pytest.raises(BackupRunning):
        kisumu.take()
    kisumu.take()


def test_a_folder_that_is_gone_is_one_sentence_and_an_entry(kisumu: BackedUp) -> None:
    with pytest.raises(BackupUnwritten) as told:
        take_backup(
            kisumu.clinic.admin, kisumu.clinic.store, STORE_ID, kisumu.stick / "not plugged in"
        )
    assert "No such file" in told.value.sentence
    *_, last = entries(kisumu.clinic, Act.BACK_UP)
    assert (last.outcome, last.why) == ("refused", "backup-unwritten")
    assert kisumu.take().generation == 2, "the next one is another generation"


def test_what_does_not_pass_its_check_is_no_backup(
    kisumu: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = taking.write_archive

    def on_a_bad_stick(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]
        file = given[3]
        file.seek(5_000)  # type: ignore[attr-defined]
        file.write(b"!")  # type: ignore[attr-defined]

    monkeypatch.setattr(taking, "write_archive", on_a_bad_stick)
    with pytest.raises(BackupFails):
        kisumu.take()
    assert kisumu.left == []
    monkeypatch.undo()
    kept = kisumu.take()
    assert label_of(kisumu.path(kept), kisumu.identity).says.before == FIRST_BEFORE


def test_a_damaged_page_of_the_store_is_backed_up_by_nobody(kisumu: BackedUp) -> None:
    """SQLite need not have looked at the page for years."""
    doctor = kisumu.clinic.provider()
    for _ in range(30):
        patient = kisumu.clinic.register(by=doctor).patient.id
        write_visit(doctor, patient, NewVisit(notes="n" * 9000))
    with frozen(kisumu.clinic.store.file) as snapshot:
        place = snapshot.size * 2 // 3
    with kisumu.clinic.store_file.open("r+b") as file:
        file.seek(place)
        file.write(b"rotten")
    with pytest.raises(StoreDamaged):
        kisumu.take()
    assert kisumu.left == []


def test_an_older_copy_of_the_store_writes_over_no_backup(kisumu: BackedUp) -> None:
    """Somebody put last week's data folder back: it counts on from last week."""
    kept = kisumu.take()
    taken = kisumu.path(replace(kept, name=name_of(STORE_ID, kept.generation + 1)))
    taken.write_bytes(b"of the week that is not in this copy")
    with pytest.raises(BackupNameTaken):
        kisumu.take()
    assert taken.read_bytes() == b"of the week that is not in this copy"
    assert kisumu.take().generation == 3, "the next one has a name of its own"


def test_a_name_that_may_not_last_is_no_backup(
    kisumu: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(taking, "sync_folder", refuse)
    with pytest.raises(BackupUnwritten):
        kisumu.take()
    assert kisumu.left == []


def test_what_a_power_cut_left_is_removed_by_the_next(kisumu: BackedUp) -> None:
    kept = kisumu.take()
    torn = kisumu.stick / f"{kept.name}.part"
    torn.write_bytes(b"half of it")
    others = kisumu.stick / "letter.txt.part"
    others.write_bytes(b"somebody's")
    kisumu.take()
    assert not torn.exists()
    assert others.exists()


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="asks Linux which locks there are")
def test_neither_opening_nor_backing_up_loses_the_lock_on_the_store(kisumu: BackedUp) -> None:
    """Without it another process that closes the store would take itself for the last one, and
    fold in and remove the log this one still writes to (sqlite.org/howtocorrupt.html, 2.2)."""

    def locked() -> bool:
        inode = f":{kisumu.clinic.store_file.stat().st_ino} "
        held = Path("/proc/locks").read_text().splitlines()
        return any(inode in line and f" {os.getpid()} " in line for line in held)

    assert locked()
    kisumu.take()
    assert locked()


@contextmanager
def moving(file: StoreFile) -> Iterator[Mover]:
    mover = Mover(file)
    writer = threading.Thread(target=mover.run)
    writer.start()
    try:
        yield mover
    finally:
        mover.stop.set()
        writer.join()


def is_one_moment(snapshot: Frozen, mover: Mover) -> bool:
    plain = in_memory(snapshot)
    try:
        [total] = plain.execute("SELECT sum(held) FROM amount").fetchone()
        whole = plain.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        return whole and total == mover.ROWS * mover.EACH
    finally:
        plain.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("tries", [8, 0], ids=["the file itself", "a copy"])
def test_every_look_is_one_moment_while_others_write(clinic: TestClinic, tries: int) -> None:
    copied = seen = 0
    with moving(clinic.store.file) as mover:
        for _ in range(TRIALS if tries else TRIALS // 5):
            with frozen(clinic.store.file, tries) as snapshot:
                copied += snapshot.copied
                before = mover.moved
                assert is_one_moment(snapshot, mover)
                seen += mover.moved > before
    assert seen, "somebody wrote while it was read"
    assert copied == 0 if tries else copied
    raw = open_raw(clinic.store_file, DATA_KEY)
    assert raw.execute("SELECT sum(held) FROM amount").fetchone() == (mover.ROWS * mover.EACH,)
    raw.close()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_another_process_that_writes_without_a_pause_changes_nothing(clinic: TestClinic) -> None:
    """It leaves the file still for no moment at times: then it is a copy."""
    mover = Mover(clinic.store.file)
    command = [sys.executable, "-m", "tests.backup.beside", "move", str(clinic.store_file), "-"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline()
        try:
            for _ in range(times(15, 150)):  # what it writes has to be folded in before each
                with frozen(clinic.store.file) as snapshot:
                    assert is_one_moment(snapshot, mover)
        finally:
            other.kill()


@pytest.mark.skipif(os.name == "nt", reason="there are no such locks")
def test_while_another_process_folds_the_log_in_the_file_is_not_taken_for_still(
    clinic: TestClinic,
) -> None:
    mover = Mover(clinic.store.file)
    command = [sys.executable, "-m", "tests.backup.beside", "fold", str(clinic.store_file), "-"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline()
        raw = open_raw(clinic.store_file, DATA_KEY)
        raw.execute("UPDATE amount SET held = held + id")
        raw.close()
        with frozen(clinic.store.file, 2) as snapshot:
            assert snapshot.copied
            plain = in_memory(snapshot)
        other.communicate()
    [total] = plain.execute("SELECT sum(held) FROM amount").fetchone()
    assert total == mover.ROWS * mover.EACH + sum(range(mover.ROWS))


def test_without_holding_the_file_still_a_look_is_torn(
    clinic: TestClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before: it would notice."""
    monkeypatch.setattr("database.snapshot._pinned", lambda *_: True)
    torn = 0
    with moving(clinic.store.file) as mover:
        for _ in range(2000):
            try:
                with frozen(clinic.store.file) as snapshot:
                    torn += not is_one_moment(snapshot, mover)
            except (StoreDamaged, sqlite3.DatabaseError):
                torn += 1
            if torn:
                break
    assert torn


def test_a_busy_store_is_copied_in_one_step_and_nothing_of_it_stays(kisumu: BackedUp) -> None:
    """A reader that began before keeps the log from being folded in."""
    reader = open_raw(kisumu.clinic.store_file, DATA_KEY)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM patient").fetchone()
    log_sign_out(kisumu.clinic.admin)
    with frozen(kisumu.clinic.store.file) as snapshot:
        assert snapshot.copied
        beside = [path.name for path in kisumu.clinic.folder.iterdir()]
        assert "records.db-snapshot" in beside
        held = (kisumu.clinic.folder / "records.db-snapshot").read_bytes()
        assert not held.startswith(b"SQLite format 3")
        logged = in_memory(snapshot).execute("SELECT max(seq) FROM audit_log").fetchone()
    assert logged == (kisumu.clinic.store.log.head().seq,)
    kept = kisumu.take()
    reader.close()
    assert kisumu.left == [kept.name]


def test_an_old_copy_that_cannot_be_removed_makes_no_backup_undone(
    kisumu: BackedUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a whole backup would lie there that nobody knows of."""
    old = kisumu.clinic.store_file.with_name("records.db-before-0002-at-0001")
    old.write_bytes(b"")
    os.utime(old, (1, 1))

    real = Path.unlink

    def refuses(self: Path, missing_ok: bool = False) -> None:
        if self == old:
            raise OSError(errno.EIO, "Input/output error")
        real(self, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.unlink", refuses)
        kept = kisumu.take()
    assert kisumu.path(kept).exists()
    assert [one.generation for one in kisumu.clinic.store.backups.of_backups()] == [kept.generation]

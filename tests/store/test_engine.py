"""The encrypted file: what opens it, what is refused, and in which words."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from database.engine import StoreFile, open_raw
from database.migrate import bring_up
from database.store import make_store, open_store
from medilink.acts.read_record import open_record
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.errors import DiskFull, StoreDamaged, StoreNewer
from medilink.records import ALL_SECTIONS
from medilink.visits import NewVisit
from tests.clinics import DATA_KEY, TestClinic


def test_the_file_is_encrypted_and_opens_only_with_its_key(clinic: TestClinic) -> None:
    clinic.store.close()
    assert not clinic.store_file.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(StoreDamaged):
        open_store(clinic.store_file, bytes(32))
    with sqlite3.connect(clinic.store_file) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT count(*) FROM sqlite_master")
    open_store(clinic.store_file, DATA_KEY).close()


def test_a_key_of_another_length_is_refused_and_not_taken_for_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(StoreDamaged):
        make_store(tmp_path / "records.db", b"short")


def test_a_missing_file_is_not_silently_made_anew(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_store(tmp_path / "records.db", DATA_KEY)
    assert not (tmp_path / "records.db").exists()


@pytest.mark.parametrize("damage", ["first page", "cut in half", "not a store", "empty"])
def test_a_damaged_store_is_named_and_left_as_it_is(clinic: TestClinic, damage: str) -> None:
    clinic.store.close()
    content = bytearray(clinic.store_file.read_bytes())
    if damage == "first page":
        content[100] ^= 1
    elif damage == "cut in half":
        content = content[: len(content) // 2]
    elif damage == "not a store":
        content = bytearray(b"hello" * 2000)
    else:
        content = bytearray(b"\x00" * 4096)
    clinic.store_file.write_bytes(content)
    with pytest.raises(StoreDamaged) as told:
        store = open_store(clinic.store_file, DATA_KEY)
        for _ in store.log.rows():
            pass

    assert "backup" in told.value.sentence
    assert clinic.store_file.read_bytes() == bytes(content)


def test_a_damaged_page_is_reported_and_the_connection_is_thrown_away(clinic: TestClinic) -> None:
    schema_pages = clinic.store_file.stat().st_size // 4096
    doctor = clinic.provider()
    patients = [clinic.register(by=doctor).patient.id for _ in range(30)]
    for patient in patients:
        write_visit(doctor, patient, NewVisit(notes="n" * 3000))
    clinic.store.close()
    content = bytearray(clinic.store_file.read_bytes())
    for page in range(schema_pages + 5, len(content) // 4096 - 1, 3):
        content[page * 4096 + 50] ^= 1
    clinic.store_file.write_bytes(content)
    file = StoreFile(clinic.store_file, DATA_KEY)
    with pytest.raises(StoreDamaged), file.reading() as connection:
        connection.exec_driver_sql("SELECT sum(length(more)) FROM entry").all()
    with file.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM clinic").scalar() == 1
    file.close()


def test_a_newer_store_is_refused_and_not_touched(clinic: TestClinic) -> None:
    clinic.store.close()
    raw = open_raw(clinic.store_file, DATA_KEY)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(StoreNewer) as told:
        open_store(clinic.store_file, DATA_KEY)
    assert "newer" in told.value.sentence


def test_readers_cannot_write(clinic: TestClinic) -> None:
    for statement in (
        "INSERT INTO code_tries VALUES (5, 1, 1)",
        "UPDATE clinic SET name = 'x'",
        "DELETE FROM patient",
        "PRAGMA query_only=OFF",
        "PRAGMA writable_schema=ON",
        "CREATE TABLE x (y)",
        "ATTACH 'other.db' AS other KEY ''",
    ):
        with pytest.raises(DBAPIError), clinic.store.file.reading() as connection:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET why = 'x'",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 1",
        "DROP TABLE audit_log",
        "DROP TRIGGER audit_log_no_update",
        "ALTER TABLE audit_log RENAME TO gone",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = ''",
        "CREATE TRIGGER x AFTER INSERT ON audit_log BEGIN SELECT 1; END",
    ],
)
def test_not_even_our_own_writer_can_change_the_log(clinic: TestClinic, statement: str) -> None:
    before = list(clinic.store.log.rows())
    with pytest.raises(DBAPIError), clinic.store.file.writing() as connection:
        connection.exec_driver_sql(statement)
    assert list(clinic.store.log.rows()) == before


def test_the_triggers_alone_refuse_changes_by_another_program(clinic: TestClinic) -> None:
    raw = open_raw(clinic.store_file, DATA_KEY)
    for statement in (
        "UPDATE audit_log SET why = 'x'",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 1",
        "INSERT INTO audit_log SELECT seq + 5, at, act, outcome, account, patient, method,"
        " sections, why, salt, detail, commitment, hash FROM audit_log WHERE seq = 1",
    ):
        with pytest.raises(Exception, match="the log"):
            raw.execute(statement)
    raw.close()


@pytest.mark.slow
def test_a_thousand_threads_open_no_more_connections_than_the_pool_holds(
    clinic: TestClinic,
) -> None:
    doctor = clinic.provider()
    patient = clinic.register(by=doctor).patient.id
    before = clinic.store.file.opened
    for _ in range(1000):
        thread = threading.Thread(target=open_record, args=(doctor, patient, ALL_SECTIONS))
        thread.start()
        thread.join()
    assert clinic.store.file.opened - before <= 4
    many = [
        threading.Thread(target=open_record, args=(doctor, patient, ALL_SECTIONS))
        for _ in range(16)
    ]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert clinic.store.file.opened <= 16


def test_a_full_disk_saves_nothing_says_so_and_still_reads(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    patient = clinic.register(by=doctor).patient.id
    with clinic.store.file.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    entries = len(list(clinic.store.log.rows()))
    with pytest.raises(DiskFull) as told:
        write_visit(doctor, patient, NewVisit(notes="x" * 90_000))
    assert "full" in told.value.sentence
    assert len(list(clinic.store.log.rows())) == entries
    assert open_record(doctor, patient).record.encounters == ()
    with clinic.store.file.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    write_visit(doctor, patient, NewVisit(notes="x" * 90_000))
    assert len(open_record(doctor, patient).record.encounters) == 1


def test_bringing_up_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    bring_up(path, DATA_KEY, create=True)
    size = path.stat().st_size
    bring_up(path, DATA_KEY)
    assert path.stat().st_size == size


def test_acts_made_one_are_seen_by_nobody_else_until_all_are_done(clinic: TestClinic) -> None:
    """They see one another; another thread neither sees them nor writes among them."""
    settings, log = clinic.store.settings, clinic.store.log
    head, seen, written = log.head(), [], threading.Event()

    def name(new: str) -> None:
        event = clinic.admin.event(Act.CHANGE_SETTINGS)
        settings.change_clinic(replace(settings.of_clinic(), name=new), audit=event)

    def look() -> None:
        seen.append((settings.of_clinic().name, log.head()))

    def write() -> None:
        log.write(clinic.admin.event(Act.SIGN_OUT))
        written.set()

    other = threading.Thread(target=write)

    def three(*, fails: bool) -> None:
        with log.together(audit=clinic.admin.event(Act.BRING_OWN_BACK)):
            name("Klinic")
            name(f"{settings.of_clinic().name} Kisumu")
            looking = threading.Thread(target=look)
            looking.start()
            looking.join()
            if fails:
                raise DiskFull
            other.start()
            assert not written.wait(0.2)

    with pytest.raises(DiskFull):
        three(fails=True)
    assert (settings.of_clinic().name, log.head()) == ("Kisumu Clinic", head)
    three(fails=False)
    other.join()
    assert seen == [("Kisumu Clinic", head)] * 2
    assert settings.of_clinic().name == "Klinic Kisumu"
    acts = [row.act for row in log.rows() if row.seq > head.seq]
    assert acts == [Act.CHANGE_SETTINGS, Act.CHANGE_SETTINGS, Act.BRING_OWN_BACK, Act.SIGN_OUT]

"""The store against a raw cursor that runs the very same statements on the same pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import apsw
from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import _PRAGMAS, READERS, open_raw
from database.patients import fetch_patient
from database.records import _rows_of
from medilink.acts.read_record import open_record
from medilink.acts.receive import open_share
from medilink.acts.register import register_patient
from medilink.audit import Act as What
from medilink.audit import LoggedRead
from medilink.intake.made_up import made_up_names
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Observation, Section
from medilink.store import Writing
from security.codes import new_uid
from tests.bench.filling import SEED
from tests.bench.measuring import Measured, ratio, take_turns
from tests.bench.statements import READER, Act, Step, against_raw, recording
from tests.bench.table import benchmark
from tests.bench.world import STORE, World, code_of, doctor
from tests.clinics import DATA_KEY, TestClinic

ROUNDS, CHUNK = 60, 5
IN_TURN = 20  # patients opened one after the other
RAW = "× raw cursor"


# ---- acts


def _opening(world: World, *, afresh: bool) -> Callable[[TestClinic], Act]:
    def prepare(clinic: TestClinic) -> Act:
        desk, patients = doctor(clinic), world.heavy(world.tenth)[:IN_TURN]

        def act(number: int) -> object:
            if afresh:
                desk.seen.clear()
            return open_record(desk, PatientId(patients[number % len(patients)]))

        if not afresh:  # the entries of the first look are written before anything is measured
            for number in range(len(patients)):
                act(number)
        return act

    return prepare


@benchmark("open_record", RAW, at_most=2.5)
def opens_a_record(world: World) -> Measured:
    """The one gate: rights, entry in the log, whole record."""
    return against_raw(world, _opening(world, afresh=True), rounds=ROUNDS, chunk=CHUNK)


@benchmark("open_record_again", RAW, at_most=2.5)
def draws_a_record_again(world: World) -> Measured:
    """The same when the page only redraws: the entry is looked up, not written."""
    return against_raw(world, _opening(world, afresh=False), rounds=ROUNDS, chunk=CHUNK)


@benchmark("store_rows", RAW, at_most=2.0)
def reads_rows(world: World) -> Measured:
    """The store's part of it alone, as rows: like for like with the cursor's tuples."""

    def prepare(clinic: TestClinic) -> Act:
        desk, patient = doctor(clinic), PatientId(world.heavy(world.tenth)[0])
        event = desk.event(What.OPEN_RECORD, patient, sections=ALL_SECTIONS)
        _, logged = clinic.store.records.read(patient, ALL_SECTIONS, audit=event)

        def read(_: int) -> None:
            with clinic.store.log.reading(logged, patient) as (connection, _seq):
                _rows_of(connection, patient, ALL_SECTIONS)
                fetch_patient(connection, patient)

        return read

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


@benchmark("store_read_record", RAW, at_most=2.0)
def reads_a_record(world: World) -> Measured:
    """The same with every row made into an entry, against tuples that are made into nothing."""

    def prepare(clinic: TestClinic) -> Act:
        desk, patient = doctor(clinic), PatientId(world.heavy(world.tenth)[0])
        event = desk.event(What.OPEN_RECORD, patient, sections=ALL_SECTIONS)
        _, logged = clinic.store.records.read(patient, ALL_SECTIONS, audit=event)
        return lambda _: clinic.store.records.read(patient, ALL_SECTIONS, audit=logged)

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


@benchmark("register_patient", RAW, at_most=2.0)
def registers_a_patient(world: World) -> Measured:
    """A person, the care relation and the sign-in; password hashing is left out on both sides."""

    def prepare(clinic: TestClinic) -> Act:
        desk = doctor(clinic)
        people = list(made_up_names(SEED + 1, ROUNDS * CHUNK + 1))
        return lambda number: register_patient(desk, people[number])

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


@benchmark("store_register_patient", RAW, at_most=2.0)
def registers_in_the_store(world: World) -> Measured:
    """The person alone, one transaction."""

    def prepare(clinic: TestClinic) -> Act:
        desk, store = doctor(clinic), clinic.store.patients
        people = list(made_up_names(SEED + 1, ROUNDS * CHUNK + 1))
        event = desk.event(What.REGISTER_PATIENT)
        return lambda number: store.register(
            people[number], uid=new_uid(desk.now), node_code=desk.clinic.node_code, audit=event
        )

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


@benchmark("append_observation", RAW, at_most=2.0)
def appends_an_observation(world: World) -> Measured:
    """One measurement and its entry in the log, one transaction."""

    def prepare(clinic: TestClinic) -> Act:
        desk, records = doctor(clinic), clinic.store.records
        patients = world.heavy(world.tenth)
        seen = Observation(b"", desk.now, Section.VITALS, "8867-4", "Pulse", "72", "/min")

        def act(number: int) -> None:
            patient = PatientId(patients[number % len(patients)])
            event = desk.event(What.WRITE_RECORD, patient, sections={Section.VITALS}, entries=1)
            new = seen._replace(uid=new_uid(desk.now))
            records.write(patient, Writing(new=[new]), audit=event)

        return act

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


@benchmark("redeem_code", RAW, at_most=2.5)
def redeems_a_code(world: World) -> Measured:
    """A typed code: the try counted, the grant found and taken."""

    def prepare(clinic: TestClinic) -> Act:
        desk = doctor(clinic)
        return lambda number: open_share(desk, code_of(number))

    return against_raw(world, prepare, rounds=ROUNDS, chunk=CHUNK)


# ---- the price of the cipher


@benchmark("cipher_warm_record", "× the same file not encrypted", at_most=1.2)
def reads_through_the_cipher(world: World) -> Measured:
    """A whole record from a warm cache, raw: one engine, with and without a key."""
    statements = _record_statements(world)
    folder = world.made_once("exported", lambda f: _export(world, f))
    keyed, plain = open_raw(folder / STORE, DATA_KEY), _open_plain(folder / "plain.db")
    patient = world.heavy(world.tenth)[0]

    def reading(connection: Any) -> Callable[[], None]:
        cursor = connection.cursor()

        def read() -> None:
            cursor.execute("BEGIN")
            for sql in statements:
                cursor.execute(sql, (patient,)).fetchall()
            connection.rollback()

        return read

    with_key, without = take_turns(world.times(80), 10, reading(keyed), reading(plain))
    keyed.close()
    plain.close()
    return ratio(with_key, without)


def _export(world: World, folder: Path) -> None:
    """One clinic written out twice in the same order, with the key and without."""
    clinic = world.clinic()
    path = clinic.store.file.path
    clinic.store.close()
    raw = open_raw(path, DATA_KEY)
    for name, key in ((STORE, f"x'{DATA_KEY.hex()}'"), ("plain.db", "")):
        raw.execute("ATTACH ? AS copy KEY ?", (str(folder / name), key))
        raw.execute("SELECT sqlcipher_export('copy')")
        raw.execute("DETACH copy")
    raw.close()


def _open_plain(path: Path) -> Any:
    raw = sqlcipher.connect(str(path), isolation_level=None, cached_statements=256)
    for pragma in _PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _record_statements(world: World) -> list[str]:
    """The selects that bring one whole record, as the store runs them."""
    clinic = world.clinic()
    patient = PatientId(world.heavy(world.tenth)[0])
    event = doctor(clinic).event(What.OPEN_RECORD, patient, sections=ALL_SECTIONS)
    _, logged = clinic.store.records.read(patient, ALL_SECTIONS, audit=event)
    with recording(clinic.store.file) as steps:
        clinic.store.records.read(patient, ALL_SECTIONS, audit=LoggedRead(logged.seq))
    clinic.store.close()
    return [step.sql for step in steps if _reads_patient(step)]


def _reads_patient(step: Step) -> bool:
    about = "audit_log" not in step.sql
    return step.by == READER and step.sql.startswith("SELECT") and about


# ---- pages


@benchmark("cold_record_pages", "pages", at_most=12)
def touches_few_pages(world: World) -> Measured:
    """What one whole record takes from disk with nothing cached."""
    found = _cold_pages(world, world.big)
    return Measured(median(found), None, _spread_of(found, world.big))


@benchmark("cold_record_pages_growth", "× the pages with a tenth of the patients", at_most=1.3)
def touches_few_more_when_grown(world: World) -> Measured:
    """How it grows with the clinic."""
    grown, before = _cold_pages(world, world.big), _cold_pages(world, world.tenth)
    note = f"floor in pages; {_spread_of(before, world.tenth)}"
    return Measured(median(grown) / median(before), median(before), note)


def _cold_pages(world: World, patients: int) -> list[int]:
    """Pages read for a whole record, patient by patient."""
    statements, path, heavy = (
        _record_statements(world),
        world.plain(patients),
        world.heavy(patients),
    )
    return [_misses(path, statements, patient) for patient in heavy[:: len(heavy) // IN_TURN or 1]]


def _spread_of(pages: list[int], patients: int) -> str:
    mean = sum(pages) / len(pages)
    return (
        f"{patients:,} patients, {len(pages)} opened: mean {mean:.1f}, {min(pages)} to {max(pages)}"
    )


def _misses(path: Path, statements: list[str], patient: int) -> int:
    """Pages a new connection reads for the statements, once it knows the schema."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    connection.execute("PRAGMA shrink_memory")
    connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS, True)
    connection.execute("BEGIN")
    for sql in statements:
        connection.execute(sql, (patient,)).fetchall()
    missed, _ = connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)
    connection.close()
    return missed


# ---- connections


READS = 1_000
AT_ONCE = 16


@benchmark("connections_opened", "connections for 1,000 reads in 1,000 threads", at_most=READERS)
def keeps_its_connections(world: World) -> Measured:
    """Streamlit runs each page in a thread of its own: one after the other."""
    return _count_connections(world, at_once=1)


@benchmark(
    "connections_opened_crowd", "connections for 1,000 reads, 16 threads at a time", at_most=READERS
)
def keeps_its_connections_in_a_crowd(world: World) -> Measured:
    """The same with sixteen at a time."""
    return _count_connections(world, at_once=AT_ONCE)


def _count_connections(world: World, *, at_once: int) -> Measured:
    """All that were opened since the store was, for whole records read and logged before."""
    clinic, reads = world.clinic(), world.times(READS, 64)
    patient = PatientId(world.heavy(world.tenth)[0])
    event = doctor(clinic).event(What.OPEN_RECORD, patient, sections=ALL_SECTIONS)
    _, logged = clinic.store.records.read(patient, ALL_SECTIONS, audit=event)
    opened_to_write, found = 1, []

    def read() -> None:
        found.append(clinic.store.records.read(patient, ALL_SECTIONS, audit=logged))

    for _ in range(0, reads, at_once):
        threads = [threading.Thread(target=read) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    opened = clinic.store.file.opened - opened_to_write
    clinic.store.close()
    assert len(found) >= reads, f"{reads - len(found)} of {reads} reads failed"
    return Measured(opened, None, f"{len(found)} whole records read; the writer's one not counted")

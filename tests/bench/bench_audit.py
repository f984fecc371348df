"""What the chain costs: against a plain log with the same columns, and how fast it is checked."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

from sqlalchemy import MetaData, bindparam, insert

from database.engine import LOG_TABLE, StoreFile, open_raw
from database.schema_log import audit_log
from database.statement import Statement
from medilink.audit import (
    GENESIS,
    Act,
    AuditEvent,
    ChainedRow,
    Method,
    chain,
    detail_bytes,
    section_words,
)
from medilink.log_check import check_chain
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS
from tests.bench.measuring import Measured, Work, ratio, take_turns
from tests.bench.table import benchmark
from tests.bench.world import STORE, World, clinic_at, doctor
from tests.clinics import DATA_KEY, TestClinic

ENTRIES, FEW_ENTRIES = 100_000, 10_000
PLAIN_TABLE = "plain_log"


def _event(clinic: TestClinic) -> AuditEvent:
    """The commonest entry: a record was opened."""
    return doctor(clinic).event(
        Act.OPEN_RECORD, PatientId(7), method=Method.CARE, sections=ALL_SECTIONS, code=""
    )


@benchmark("audit_append", "× a plain log row", at_most=1.5)
def appends_an_entry(world: World) -> Measured:
    """One entry in its own transaction, chained, against one that is only written down: the same
    columns, index, layer and commit, but nothing read before, hashed or checked by a trigger."""
    ours, theirs = world.clinic(), world.clinic()
    event = _event(ours)
    plainly = _plain_append(theirs, event)
    chained, plain = take_turns(world.times(80), 5, lambda: ours.store.log.write(event), plainly)
    for clinic in (ours, theirs):
        clinic.store.close()
    return ratio(chained, plain)


def _plain_append(clinic: TestClinic, event: AuditEvent) -> Work:
    """A log without a chain in a store of its own."""
    path = clinic.store.file.path
    clinic.store.close()
    raw = open_raw(path, DATA_KEY)
    for kind, name in (("table", LOG_TABLE), ("index", "ix_audit_log_patient")):
        found = raw.execute("SELECT sql FROM sqlite_master WHERE type=? AND name=?", (kind, name))
        raw.execute(found.fetchone()[0].replace(LOG_TABLE, PLAIN_TABLE))
    raw.close()
    file = clinic.store.file = StoreFile(path, DATA_KEY)
    table = audit_log.to_metadata(MetaData(), name=PLAIN_TABLE)
    names = [name for name in ChainedRow._fields if name != "seq"]
    append = Statement(insert(table).values({name: bindparam(name) for name in names}))

    def write() -> None:
        with file.writing() as connection:
            append.run(
                connection,
                at=event.at,
                act=event.act.value,
                outcome=event.outcome.value,
                account=event.actor.account,
                patient=event.patient,
                method=event.method.value,
                sections=section_words(event.sections),
                why=event.why[:500],
                salt=bytes(16),
                detail=detail_bytes(event),
                commitment=bytes(32),
                hash=bytes(32),
            )

    return write


@benchmark("audit_verify_rate", "entries/s", at_least=150_000)
def checks_the_log(world: World) -> Measured:
    """The whole log, read from the encrypted store and checked entry by entry."""
    entries = FEW_ENTRIES if world.small else ENTRIES
    clinic = clinic_at(
        world.made_once("long-log", lambda folder: _write_log(world, folder, entries))
    )
    rates = []
    for _ in range(world.times(7, 1)):
        begun = time.process_time()
        verdict = check_chain(clinic.store.log.rows())
        rates.append(verdict.checked / (time.process_time() - begun))
        assert verdict.sound, verdict
    clinic.store.close()
    note = f"{verdict.checked:,} entries; median {median(rates):,.0f} entries/s"
    return Measured(max(rates), None, note)


def _write_log(world: World, folder: Path, entries: int) -> None:
    clinic = world.clinic()
    event, last = _event(clinic), clinic.store.log.head()
    path = clinic.store.file.path
    clinic.store.close()
    raw = open_raw(path, DATA_KEY)
    before, rows = last.hash or GENESIS, []
    for seq in range(last.seq + 1, last.seq + entries + 1):
        rows.append(chain(event, seq, before, seq.to_bytes(16, "big")))
        before = rows[-1].hash
    places = ", ".join("?" * len(ChainedRow._fields))
    raw.execute("BEGIN")
    raw.executemany(
        f"INSERT INTO audit_log ({', '.join(ChainedRow._fields)}) VALUES ({places})", rows
    )
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    path.rename(folder / STORE)

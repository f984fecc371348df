"""Kills a writing process again and again; a program of its own, because it forks.

    python -m tests.faults.killing FOLDER ACCOUNT KILLS SEED

Prints what it found as JSON; stops with a traceback at the first thing that is not as promised.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from itertools import count
from pathlib import Path

from database.store import SqlStore, open_store
from medilink.acts.register import register_patient
from medilink.acts.write_visit import write_visit
from medilink.desk import Desk, system_clock
from medilink.people import AccountId, PatientDetails, Sex
from medilink.visits import NewVisit
from security.passwords import Passwords
from security.subkeys import SubKeys
from tests.clinics import DATA_KEY

ENTRIES_OF_A_VISIT = {"conditions": 2, "vitals": 2}
LONGEST_LIFE_S = 0.08


def write_for_ever(path: Path, account: int, say: int) -> None:
    """Write visits; each line said means: acknowledged."""
    store = open_store(path, DATA_KEY)
    who = store.accounts.by_id(AccountId(account))
    clinic = store.settings.of_clinic()
    desk = Desk(store, clinic, SubKeys(DATA_KEY), Passwords("light"), system_clock, who)
    patient = register_patient(desk, PatientDetails("Kill", "Test", Sex.UNKNOWN)).patient.id
    for number in count():
        visit = NewVisit(
            reason="fever",
            # each its own: what is listed already is not listed twice
            diagnoses=(f"Malaria, attack {number}", f"Anaemia, month {number}"),
            vitals={"8310-5": "38.5", "8867-4": "90"},
            notes="n" * 500,
        )
        saved = write_visit(desk, patient, visit)
        os.write(say, f"{int(patient)} {saved.uid.hex()}\n".encode())


def one_life(path: Path, account: int, life_s: float) -> list[str]:
    """Fork a writer, kill -9 it `life_s` after its first word; what it was told is saved."""
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        write_for_ever(path, account, say)
    os.close(say)
    said = os.read(hear, 65_536)
    end = time.monotonic() + life_s
    while (left := end - time.monotonic()) > 0:
        if select.select([hear], [], [], left)[0]:
            said += os.read(hear, 65_536)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(hear, 65_536):
        said += part
    os.close(hear)
    return said.decode().splitlines()


def check_whole(store: SqlStore, said: set[str], *, deep: bool) -> int:
    """Every acknowledged visit is there and every visit is whole. How many there are."""
    with store.file.reading() as connection:
        if deep:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
        visits = connection.exec_driver_sql(
            "SELECT patient_id, uid FROM entry WHERE section = 'visits'"
        ).all()
        there = {f"{patient} {uid.hex()}" for patient, uid in visits}
        assert said <= there, "an acknowledged visit is gone"
        for section, many in ENTRIES_OF_A_VISIT.items():
            grouped = f"SELECT count(*) c FROM entry WHERE section = '{section}' GROUP BY encounter"
            counts = connection.exec_driver_sql(f"SELECT c, count(*) FROM ({grouped}) GROUP BY c")
            assert counts.all() == [(many, len(visits))], f"half a visit: {section}"
        logged = connection.exec_driver_sql(
            "SELECT count(*) FROM audit_log WHERE act = 'write record'"
        ).scalar()
        assert logged == len(visits), "an act without its entry, or an entry without its act"
    return len(visits)


def main(folder: Path, account: int, kills: int, seed: int) -> None:
    """All lives, one after the other."""
    path, chance = folder / "records.db", random.Random(seed)
    said: set[str] = set()
    visits, head = 0, None
    for life in range(kills):
        said |= set(one_life(path, account, chance.uniform(0, LONGEST_LIFE_S)))
        store = open_store(path, DATA_KEY)
        visits = check_whole(store, said, deep=life % 20 == 0 or life == kills - 1)
        assert head is None or store.log.at(head.seq) == head, "the log lost an entry"
        head = store.log.head()
        store.close()
    print(json.dumps({"kills": kills, "acknowledged": len(said), "visits": visits}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

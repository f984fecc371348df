"""A log of years, chained as the real thing and put into a store at once."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from database.engine import open_raw
from medilink.audit import Act, AuditEvent, ChainedRow, Outcome, chain
from medilink.log_check import Head
from medilink.people import AccountId, PatientId

DAY_MS = 86_400_000
TWO_YEARS_MS = 2 * 366 * DAY_MS
# Of a hundred entries of a clinic's day; merging happens once in a hundred thousand.
EVERYDAY = {
    Act.OPEN_RECORD: 50,
    Act.OPEN_IDENTITY: 20,
    Act.WRITE_RECORD: 15,
    Act.FIND_PATIENT: 10,
    Act.SIGN_IN: 4,
    Act.SHARE: 1,
}
STAFF, PATIENTS = 14, 20_000


def fill_log(path: Path, data_key: bytes, event: AuditEvent, last: Head, entries: int) -> None:
    """Two years of a clinic up to the time of `event`, after the entry `last`; no store open."""
    some, raw = random.Random(7), open_raw(path, data_key)
    places = ", ".join("?" * len(ChainedRow._fields))
    acts, weights = list(EVERYDAY), list(EVERYDAY.values())
    at, before, rows = event.at - TWO_YEARS_MS, last.hash, []
    raw.execute("BEGIN")
    for seq in range(last.seq + 1, last.seq + entries + 1):
        at += some.randrange(max(1, 2 * (event.at - at) // (last.seq + entries + 1 - seq)))
        made = replace(
            event,
            at=at,
            act=Act.MERGE if seq % 100_000 == 0 else some.choices(acts, weights)[0],
            actor=replace(event.actor, account=AccountId(some.randrange(1, STAFF + 1))),
            patient=PatientId(some.randrange(1, PATIENTS)),
            outcome=Outcome.REFUSED if seq % 100 == 0 else Outcome.DONE,
        )
        rows.append(chain(made, seq, before, seq.to_bytes(16)))
        before = rows[-1].hash
        if len(rows) == 10_000 or seq == last.seq + entries:
            raw.executemany(f"INSERT INTO audit_log VALUES ({places})", rows)
            rows.clear()
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()

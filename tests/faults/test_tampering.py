"""Somebody with the data key and other programs changes the log: nine attacks, nine found.

What the attacker cannot reach is what left the building before: a patient's receipt. Some are
found without it too; each test says by what.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from database.engine import open_raw
from database.store import open_store
from medilink.acts.log_proof import GivenReceipt, give_receipt
from medilink.acts.register import record_patient_is_here
from medilink.acts.sign_in import log_sign_out
from medilink.audit import ChainedRow, entry_hash
from medilink.errors import LogUnguarded
from medilink.log_check import Verdict, check_log
from medilink.log_receipts import witness_of
from medilink.log_tree import BLOCK, block_root
from tests.clinics import DATA_KEY, TestClinic

COLUMNS = ", ".join(ChainedRow._fields)
PLACES = ", ".join("?" * len(ChainedRow._fields))
VICTIM = 300


@pytest.fixture
def receipt(clinic: TestClinic) -> GivenReceipt:
    """A log of some blocks, and a receipt a patient took home from its middle."""
    doctor, slip = clinic.provider(), clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "visit")
    for _ in range(2 * BLOCK):
        log_sign_out(doctor)
    given = give_receipt(doctor, slip.patient.id)
    for _ in range(BLOCK):
        log_sign_out(doctor)
    clinic.store.close()
    return given


class Attacker:
    """A program of somebody's own, with the data key: triggers go, rows change, triggers return."""

    def __init__(self, path: Path) -> None:
        self.raw = open_raw(path, DATA_KEY)
        found = self.raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        self._guards = found.fetchall()
        for name, _ in self._guards:
            self.raw.execute(f"DROP TRIGGER {name}")

    def rows(self) -> list[ChainedRow]:
        found = self.raw.execute(f"SELECT {COLUMNS} FROM audit_log ORDER BY seq")
        return [ChainedRow(*row) for row in found.fetchall()]

    def put(self, rows: list[ChainedRow]) -> None:
        """All entries anew, the tree's blocks too: nothing inside the file tells."""
        self.raw.execute("DELETE FROM audit_log")
        self.raw.executemany(f"INSERT INTO audit_log VALUES ({PLACES})", rows)
        for number in range(len(rows) // BLOCK):
            root = block_root([row.hash for row in rows[number * BLOCK : (number + 1) * BLOCK]])
            self.raw.execute("UPDATE log_block SET hash = ? WHERE number = ?", (root, number))
        self.raw.execute("DELETE FROM log_block WHERE number >= ?", (len(rows) // BLOCK,))

    def leave(self) -> None:
        for _, sql in self._guards:
            self.raw.execute(sql)
        self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.raw.close()


def chained_anew(rows: list[ChainedRow], since: int) -> list[ChainedRow]:
    """The same entries with numbers and hashes that fit, from the entry `since` on."""
    done = rows[: since - 1]
    for seq, row in enumerate(rows[since - 1 :], start=since):
        numbered = row._replace(seq=seq)
        done.append(numbered._replace(hash=entry_hash(done[-1].hash, numbered)))
    return done


def edited(rows: list[ChainedRow]) -> list[ChainedRow]:
    changed = rows[VICTIM - 1]._replace(account=1)
    return [*rows[: VICTIM - 1], changed, *rows[VICTIM:]]


def deleted(rows: list[ChainedRow]) -> list[ChainedRow]:
    return [*rows[: VICTIM - 1], *rows[VICTIM:]]


def inserted(rows: list[ChainedRow]) -> list[ChainedRow]:
    more = [*rows[:VICTIM], rows[VICTIM - 1], *rows[VICTIM:]]
    return [row._replace(seq=seq) for seq, row in enumerate(more, start=1)]


def reordered(rows: list[ChainedRow]) -> list[ChainedRow]:
    one, other = rows[VICTIM - 1], rows[VICTIM]
    swapped = [other._replace(seq=one.seq), one._replace(seq=other.seq)]
    return [*rows[: VICTIM - 1], *swapped, *rows[VICTIM + 1 :]]


def edited_and_chained_anew(rows: list[ChainedRow]) -> list[ChainedRow]:
    return chained_anew(edited(rows), VICTIM)


def deleted_and_chained_anew(rows: list[ChainedRow]) -> list[ChainedRow]:
    return chained_anew(deleted(rows), VICTIM)


def cut(rows: list[ChainedRow]) -> list[ChainedRow]:
    return rows[:VICTIM]


def verdict_of(path: Path, receipt: GivenReceipt | None) -> Verdict:
    store = open_store(path, DATA_KEY)
    witnesses = [witness_of(receipt.says)] if receipt else []
    verdict = check_log(store.log.rows(), [], witnesses)
    store.close()
    return verdict


@pytest.mark.parametrize(
    ("harm", "alone", "why"),
    [
        (edited, True, "the entry was changed"),
        (deleted, True, "an entry is missing"),
        (inserted, True, "the entry was changed"),
        (reordered, True, "the entry was changed"),
        (edited_and_chained_anew, False, "rewritten"),
        (deleted_and_chained_anew, False, "rewritten"),
        (cut, False, "missing at the end"),
    ],
)
def test_changed_entries_are_found_and_named(
    clinic: TestClinic,
    receipt: GivenReceipt,
    harm: Callable[[list[ChainedRow]], list[ChainedRow]],
    alone: bool,
    why: str,
) -> None:
    attacker = Attacker(clinic.store_file)
    attacker.put(harm(attacker.rows()))
    attacker.leave()
    assert verdict_of(clinic.store_file, None).sound is not alone, "what shows without a receipt"
    found = verdict_of(clinic.store_file, receipt)
    assert not found.sound
    assert why in found.why
    assert found.broken_at is not None
    assert found.broken_at >= VICTIM


def test_an_old_copy_of_the_whole_file_is_found(clinic: TestClinic, receipt: GivenReceipt) -> None:
    store = open_store(clinic.store_file, DATA_KEY)
    old = store.log.head()
    store.close()
    copy = clinic.folder / "copy.db"
    shutil.copy(clinic.store_file, copy)
    attacker = Attacker(copy)
    attacker.put(attacker.rows()[: receipt.says.size - 1])
    attacker.leave()
    shutil.copy(copy, clinic.store_file)
    found = verdict_of(clinic.store_file, receipt)
    assert (found.sound, found.why) == (False, "entries are missing at the end")
    assert old.seq > receipt.says.size


def page_pairs(before: bytes, after: bytes) -> Iterator[tuple[int, bytes]]:
    for place in range(0, min(len(before), len(after)), 4096):
        if before[place : place + 4096] != after[place : place + 4096]:
            yield place, before[place : place + 4096]


def test_old_pages_put_back_are_found(clinic: TestClinic, receipt: GivenReceipt) -> None:
    """SQLCipher signs each page, not their order in time: pages of an earlier copy still open."""
    before = clinic.store_file.read_bytes()
    attacker = Attacker(clinic.store_file)
    attacker.put(edited_and_chained_anew(attacker.rows()))
    attacker.leave()
    after = bytearray(clinic.store_file.read_bytes())
    wrong, silent = 0, 0
    for place, page in list(page_pairs(before, bytes(after)))[:16]:
        mixed = bytearray(after)
        mixed[place : place + 4096] = page
        clinic.store_file.write_bytes(mixed)
        try:
            found = verdict_of(clinic.store_file, receipt)
        except Exception:  # noqa: BLE001 the engine found it before we could
            wrong += 1
            continue
        wrong += not found.sound
        silent += found.sound
    assert wrong > 0
    assert silent == 0


def swap_guard(raw: Any, name: str, sql: str | None) -> None:
    raw.execute(f"DROP TRIGGER {name}")
    if sql:
        raw.execute(sql)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


@pytest.mark.parametrize(
    "instead",
    [None, "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT 1; END"],
)
def test_a_dropped_or_weakened_guard_stops_the_start(
    clinic: TestClinic, receipt: GivenReceipt, instead: str | None
) -> None:
    swap_guard(open_raw(clinic.store_file, DATA_KEY), "audit_log_no_update", instead)
    with pytest.raises(LogUnguarded) as told:
        open_store(clinic.store_file, DATA_KEY)
    assert "administrator" in told.value.sentence

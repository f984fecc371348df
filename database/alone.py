"""Whether anybody else has a store's file open, in this process or another."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import as_trouble
from medilink.errors import StoreBusy, StoreInUse

WAIT_S = 10  # readers are done in milliseconds; an export or a backup is not


def fold_in_alone(path: Path, data_key: bytes, wait_s: float = WAIT_S) -> None:
    """Fold the write-ahead log into a store that nobody has open: afterwards the file alone is the
    store. Whoever has it open in WAL mode holds a shared lock for as long; with
    `locking_mode=EXCLUSIVE` before the first read SQLite asks for one that suffers no other
    (sqlite.org/wal.html, 8). Raises StoreInUse, StoreTrouble."""
    try:
        with closing(sqlcipher.connect(str(path), isolation_level=None, timeout=wait_s)) as raw:
            raw.execute("PRAGMA cipher_log_level=NONE")
            raw.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")
            raw.execute("PRAGMA locking_mode=EXCLUSIVE")
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
            raw.execute("COMMIT")
            busy, logged, folded = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy or logged != folded:
                raise StoreInUse
    except sqlcipher.DatabaseError as trouble:
        said = as_trouble(trouble)
        raise (StoreInUse() if isinstance(said, StoreBusy) else said) from trouble

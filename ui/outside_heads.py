"""The head of the log as it is kept outside the store: number, hash, and an HMAC by its keys.

It lies beside the store, and where a copied data folder does not reach. A store whose log does not
lead to it is an old copy that somebody has put back; unless an administrator has restored a backup,
which the journal of that says (`backup.swapping`), for the very heads given up then.
"""

from __future__ import annotations

import json
from pathlib import Path

from backup.swapping import read_journal
from database.store import SqlStore
from medilink.config import Config
from medilink.errors import StoreRolledBack
from medilink.log_check import Head
from security.slots import write_safely
from security.subkeys import SubKeys


class OutsideHeads:
    """The heads kept of one store."""

    def __init__(self, config: Config, store_id: str) -> None:
        self._folder = config.data_dir
        self._files = (config.head_file, config.keys_dir / f"{store_id}.head")

    def read(self, keys: SubKeys) -> list[Head]:
        """Those that are there and by these keys."""
        found = [read_head(path, keys) for path in self._files]
        return [head for head in found if head and head.seq]

    def check(self, store: SqlStore, keys: SubKeys) -> None:
        """Raises StoreRolledBack."""
        journal = read_journal(self._folder)
        for outside in self.read(keys):
            if store.log.at(outside.seq) == outside:
                continue
            if journal is None or not journal.passes_over(outside, keys.sign_swap):
                raise StoreRolledBack(seq=outside.seq)

    def write(self, head: Head, keys: SubKeys) -> None:
        """Keep a head."""
        for path in self._files:
            write_head(path, head, keys)


def write_head(path: Path, head: Head, keys: SubKeys) -> None:
    """Keep a head at `path`, readable for its owner only."""
    signed = {"seq": head.seq, "hash": head.hash.hex()}
    signed["mac"] = keys.sign_head(_head_bytes(head))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_safely(path, json.dumps(signed).encode())


def read_head(path: Path, keys: SubKeys) -> Head | None:
    """A head kept outside a store; None where it is not there, or not by these keys."""
    try:
        found = json.loads(path.read_text("utf-8"))
        head = Head(int(found["seq"]), bytes.fromhex(found["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return head if keys.sign_head(_head_bytes(head)) == found.get("mac") else None


def _head_bytes(head: Head) -> bytes:
    return head.seq.to_bytes(8, "big") + head.hash

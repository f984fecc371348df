"""The head of the log as it is kept outside the store: number, hash, and an HMAC by its keys."""

from __future__ import annotations

import json
from pathlib import Path

from medilink.log_check import Head
from security.slots import write_safely
from security.subkeys import SubKeys


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

"""What is in a backup's file:

    file  = age( label || zstd( pages ) )
    label = a skippable frame of zstd (RFC 8878, 3.1.2): magic, length,
            CBOR [1, slot, said, head, epoch, key, root]
    pages = a plain SQLite file

`age -d FILE | zstd -d > clinic.db` gives a file any sqlite3 opens: zstd passes over the label. It
is for MediLink: `said` and `head` are signed statements of the clinic (`BackedUp`, `LogHead`);
`slot` unlocks the store's own key with the recovery words, so that file and words are enough;
`epoch` is which life of the store this was, `key` what its key is called, `root` what other keys
hang on, wrapped under it (`security.subkeys`). The oldest backups lack these three.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import cbor2

from medilink.errors import BackupDamaged, BackupTooNew, StatementTooNew, StatementUnreadable
from medilink.statements import BackedUp, LogHead, Signed, read_statement
from security.cose import NotSigned, load_cbor
from security.slots import Slot

VERSION = 1
MAGIC = (0x184D2A50).to_bytes(4, "little")
HEAD_BYTES = 8
LONGEST_LABEL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup says of itself. Nothing of it is believed before what is in it fits. What
    the oldest ones do not say is empty."""

    slot: Slot
    said: Signed
    head: Signed
    says: BackedUp
    log: LogHead
    epoch: bytes = b""
    key: bytes = b""
    root: bytes = b""


def label_frame(slot: bytes, said: Signed, head: Signed, *store: bytes) -> bytes:
    """A label as it stands before the pages. `store`: its epoch, its key's name, its root."""
    content = cbor2.dumps([VERSION, slot, said.raw, head.raw, *store])
    return MAGIC + len(content).to_bytes(4, "little") + content


def label_length(beginning: bytes) -> int:
    """How long the label is that begins so. Raises BackupDamaged."""
    length = int.from_bytes(beginning[4:HEAD_BYTES], "little")
    if beginning[:4] != MAGIC or length > LONGEST_LABEL:
        raise BackupDamaged
    return length


def read_label(content: bytes) -> Label:
    """Raises BackupDamaged, BackupTooNew."""
    try:
        fields = load_cbor(content)
        if not isinstance(fields, list) or not fields:
            raise BackupDamaged
        if fields[0] != VERSION:
            raise BackupTooNew
        kept = Slot(**json.loads(fields[1]))
        said, head = read_statement(fields[2]), read_statement(fields[3])
        store = fields[4:7]
    except StatementTooNew as newer:
        raise BackupTooNew from newer
    except (NotSigned, StatementUnreadable, ValueError, TypeError, IndexError) as trouble:
        raise BackupDamaged from trouble
    if not isinstance(said.says, BackedUp) or not isinstance(head.says, LogHead):
        raise BackupDamaged
    if not all(isinstance(one, bytes) for one in store):
        raise BackupDamaged
    return Label(kept, said, head, said.says, head.says, *store)


def slot_bytes(slot: Slot) -> bytes:
    """A slot as the label and the store keep it."""
    return json.dumps(replace(slot, since=0).fields()).encode()

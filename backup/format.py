"""What is in a backup's file:

    file  = age( label || zstd( pages ) )
    label = a skippable frame of zstd (RFC 8878, 3.1.2): magic, length,
            CBOR [1, slot, said, head, epoch, key, root, administrators]
    pages = a plain SQLite file

`age -d FILE | zstd -d > clinic.db` gives a file any sqlite3 opens: zstd passes over the label. It
is for MediLink: `said` and `head` are signed statements of the clinic (`BackedUp`, `LogHead`);
`slot` unlocks the store's own key with the recovery words, so that file and words are enough;
`epoch` is which life of the store this was, `key` what its key is called, `root` what other keys
hang on, wrapped under it (`security.subkeys`); `administrators` (a JSON list of user names) are who
may unlock after a restore, so that this is known before the long work. Older backups lack these.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cbor2

from medilink.acts.sign_in import is_user_name
from medilink.errors import BackupDamaged, BackupTooNew, StatementTooNew, StatementUnreadable
from medilink.statements import BackedUp, LogHead, Signed, read_statement
from security.cose import NotSigned, load_cbor
from security.slots import Slot

VERSION = 1
MAGIC = (0x184D2A50).to_bytes(4, "little")
HEAD_BYTES = 8
LONGEST_LABEL = 64 * 1024
STORE_FIELDS = 7  # what the first labels with a store's key end with
_UNFIT = (ValueError, TypeError, IndexError)
MOST_NAMES = 200  # administrators of a clinic; a name has 40 letters at most


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
    administrators: tuple[str, ...] = ()


def label_frame(slot: bytes, said: Signed, head: Signed, *store: bytes) -> bytes:
    """A label as it stands before the pages. `store`: its epoch, its key's name, its root, its
    administrators (`name_administrators`)."""
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
        store, names = fields[4:7], _names(fields[7] if len(fields) > STORE_FIELDS else b"[]")
    except StatementTooNew as newer:
        raise BackupTooNew from newer
    except (NotSigned, StatementUnreadable, RecursionError, *_UNFIT) as trouble:
        raise BackupDamaged from trouble
    if not isinstance(said.says, BackedUp) or not isinstance(head.says, LogHead):
        raise BackupDamaged
    if not all(isinstance(one, bytes) for one in store):
        raise BackupDamaged
    about = dict(zip(("epoch", "key", "root"), store, strict=False))
    return Label(kept, said, head, said.says, head.says, **about, administrators=names)


def name_administrators(user_names: Sequence[str]) -> bytes:
    """Who may unlock after a restore, as a label keeps it; the first one at the top."""
    return json.dumps(list(user_names[:MOST_NAMES])).encode()


def _names(content: object) -> tuple[str, ...]:
    found = json.loads(content) if isinstance(content, bytes) else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BackupDamaged
    return tuple(one for one in found[:MOST_NAMES] if is_user_name(one))


def slot_bytes(slot: Slot) -> bytes:
    """A slot as the label and the store keep it."""
    return json.dumps(replace(slot, since=0).fields()).encode()

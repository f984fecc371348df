"""What is carried, as CBOR and back: `security.cbor`, with arrays as tuples."""

from __future__ import annotations

from typing import Any

import cbor2

from medilink.errors import PayloadUnreadable
from security.cbor import NotPlain, read_plain

DEEPEST = 6  # arrays within arrays; what MediLink writes needs four


def write_cbor(items: object) -> bytes:
    """The items as CBOR."""
    return cbor2.dumps(items)


def read_cbor(body: bytes) -> Any:
    """What `write_cbor` was given, arrays as tuples. Raises PayloadUnreadable."""
    try:
        return read_plain(body, deepest=DEEPEST, frozen=True)
    except NotPlain as trouble:
        raise PayloadUnreadable from trouble

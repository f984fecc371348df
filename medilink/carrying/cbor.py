"""CBOR (RFC 8949) with nothing in it that could surprise: arrays, whole numbers of 64 bits, texts,
byte strings, true, false and null; definite lengths, no tags, no maps, no floats.

Tags are refused before they are acted on: a big number, a date or a pattern costs its reader more
than its writer. Arrays come back as tuples, of which the empty one costs no memory.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cbor2

from medilink.errors import PayloadUnreadable

DEEPEST = 6  # arrays within arrays; what MediLink writes needs four


def write_cbor(items: object) -> bytes:
    """The items as CBOR."""
    return cbor2.dumps(items)


def read_cbor(body: bytes) -> Any:
    """What `write_cbor` was given, arrays as tuples. Raises PayloadUnreadable."""
    stream = io.BytesIO(body)
    try:
        items = cbor2.load(
            stream,
            object_hook=_refuse,
            semantic_decoders=_NoTag(),
            max_depth=DEEPEST,
            allow_indefinite=False,
            immutable=True,
            read_size=1,  # reads on to no byte that is not its own
        )
    except (cbor2.CBORDecodeError, ValueError) as trouble:
        raise PayloadUnreadable from trouble
    if stream.tell() != len(body):
        raise PayloadUnreadable
    return items


def _refuse(*_: object) -> Any:
    raise PayloadUnreadable


class _NoTag(Mapping[int, Callable[..., Any]]):
    """A decoder for every tag there is, each of which refuses."""

    def __getitem__(self, tag: int) -> Callable[..., Any]:
        return _refuse

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0

"""CBOR (RFC 8949) with nothing in it that could surprise: arrays, whole numbers of 64 bits, texts,
byte strings, true, false and null; definite lengths, no tags, no maps unless they are asked for.

Tags are refused before they are acted on: a big number, a date or a pattern costs its reader more
than its writer.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cbor2


class NotPlain(Exception):
    """These bytes are not one such item."""


def read_plain(raw: bytes, *, deepest: int, maps: bool = False, frozen: bool = False) -> Any:
    """The one item that fills all of `raw`, arrays at most `deepest` within each other. `frozen`:
    arrays come as tuples, of which the empty one costs no memory. Raises NotPlain."""
    stream = io.BytesIO(raw)
    try:
        item = cbor2.load(
            stream,
            object_hook=None if maps else _refuse,
            semantic_decoders=_NoTag(),
            max_depth=deepest,
            allow_indefinite=False,
            immutable=frozen,
            read_size=1,  # reads on to no byte that is not its own
        )
    except (cbor2.CBORError, ValueError, OverflowError, TypeError) as trouble:
        raise NotPlain from trouble
    if stream.tell() != len(raw):
        raise NotPlain
    return item


def _refuse(*_: object) -> Any:
    raise NotPlain


class _NoTag(Mapping[int, Callable[..., Any]]):
    """A decoder for every tag there is, each of which refuses."""

    def __getitem__(self, tag: int) -> Callable[..., Any]:
        return _refuse

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0

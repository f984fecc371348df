"""Compression with the dictionaries that ship: zstd (RFC 8878) without magic, sizes or checksum.

The first byte names the dictionary; 0 stands for none. A dictionary is never changed or removed:
a card printed with it must open in ten years. They are trained on made-up people only
(`tests/bench/make_dictionary.py`), because a dictionary shows what it was trained on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import zstandard

from medilink.errors import PayloadTooNew, PayloadUnreadable

NO_DICTIONARY = 0
NEWEST = 1
LEVEL = 22
_FOLDER = Path(__file__).parent / "dictionaries"
_SMALLEST_WINDOW_LOG = 17  # holds a dictionary and 64 KiB


def dictionary_file(number: int) -> Path:
    """Where a dictionary lies."""
    return _FOLDER / f"{number:03d}.zdict"


def squeeze(body: bytes, *, dictionary: int, most: int) -> bytes:
    """Dictionary number and zstd frame. `most`: what `expand` will allow the body to be."""
    return bytes([dictionary]) + _compressor(dictionary, _window_log(most)).compress(body)


def squeeze_with(body: bytes, trained: zstandard.ZstdCompressionDict) -> bytes:
    """The zstd frame alone, with a dictionary that does not ship: for measuring dictionaries."""
    return _compressor_with(trained, _SMALLEST_WINDOW_LOG).compress(body)


def expand(squeezed: bytes, *, most: int) -> bytes:
    """What was squeezed. It stops at `most` bytes, whatever a frame would grow to.

    Raises PayloadTooNew for a dictionary that is not here, PayloadUnreadable.
    """
    if not squeezed:
        raise PayloadUnreadable
    if squeezed[0] != NO_DICTIONARY and not dictionary_file(squeezed[0]).is_file():
        raise PayloadTooNew
    reading = zstandard.ZstdDecompressor(
        dict_data=_dictionary(squeezed[0]),
        max_window_size=1 << _window_log(most),
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
    )
    try:
        body = reading.stream_reader(squeezed[1:]).read(most + 1)
    except zstandard.ZstdError as trouble:
        raise PayloadUnreadable from trouble
    if len(body) > most:
        raise PayloadUnreadable
    return body


def _window_log(most: int) -> int:
    return max(_SMALLEST_WINDOW_LOG, (most - 1).bit_length())


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict | None:
    if number == NO_DICTIONARY:
        return None
    return zstandard.ZstdCompressionDict(dictionary_file(number).read_bytes())


@cache
def _compressor(dictionary: int, window_log: int) -> zstandard.ZstdCompressor:
    return _compressor_with(_dictionary(dictionary), window_log)


def _compressor_with(
    trained: zstandard.ZstdCompressionDict | None, window_log: int
) -> zstandard.ZstdCompressor:
    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        window_log=window_log,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )
    return zstandard.ZstdCompressor(dict_data=trained, compression_params=settings)

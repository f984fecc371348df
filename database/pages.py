"""SQLCipher's pages, opened and closed outside SQLCipher: what a backup reads and a restore writes.

Format 4 as SQLCipher 4 writes it with a raw key (zetetic.net/sqlcipher/design): a page of 4,096
bytes is 4,016 of AES-256-CBC, 16 of IV and 64 of HMAC-SHA512 over both and the page's number. The
first page begins with the file's salt in place of SQLite's magic. A page whose HMAC does not fit is
never handed on. The page at byte 2^30, where SQLite keeps its locks, is never written and is zeros
on both sides (sqlite.org/fileformat2.html, 1.4).

Plain pages are those of a SQLite file with 80 reserved bytes a page: any sqlite3 opens them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from io import RawIOBase
from typing import BinaryIO, cast

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from medilink.errors import StoreDamaged

PAGE = 4096
MAGIC = b"SQLite format 3\x00"
LOCK_PAGE = 0x40000000 // PAGE + 1
AT_ONCE = 256  # pages decrypted in one call: a megabyte
_SALT, _BLOCK, _HMAC = 16, 16, 64
_DATA = PAGE - _BLOCK - _HMAC
_SIGNED = _DATA + _BLOCK
_RESERVED = bytes([PAGE - _DATA])
# SQLCipher: the HMAC key is PBKDF2 over the key with the salt masked, two rounds.
_MASK, _ROUNDS = 0x3A, 2
_SHA512_BLOCK = 128
_LONGER = _BLOCK - 1  # how much more room than bytes `update_into` asks for
_IPAD, _OPAD = 0x36, 0x5C  # RFC 2104

Content = bytes | memoryview


class PageCodec:
    """Opens and closes the pages of one file: its key and its salt, in one thread. Its rooms are
    used again for each run of pages: fresh memory costs more than the ciphers. Raises
    StoreDamaged."""

    def __init__(self, data_key: bytes, salt: bytes) -> None:
        self.salt = salt
        self._rooms = bytearray(), bytearray(), bytearray()
        self._aes = algorithms.AES(data_key)
        masked = bytes(byte ^ _MASK for byte in salt)
        key = hashlib.pbkdf2_hmac("sha512", data_key, masked, _ROUNDS, len(data_key))
        padded = key.ljust(_SHA512_BLOCK, b"\0")
        self._inner = hashlib.sha512(bytes(byte ^ _IPAD for byte in padded))
        self._outer = hashlib.sha512(bytes(byte ^ _OPAD for byte in padded))

    def _room(self, which: int, size: int) -> memoryview:
        """A place to work in. What was in it before may still be there."""
        room = self._rooms[which]
        if len(room) < size:
            room.extend(bytes(size - len(room)))
        return memoryview(room)[:size]

    def _mac(self, number: int, signed: memoryview) -> bytes:
        """HMAC-SHA512 with the key's two blocks hashed once for all pages."""
        inner = self._inner.copy()
        inner.update(signed)
        inner.update(number.to_bytes(4, "little"))
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def open_pages(self, first: int, sealed: Content) -> bytes:
        """Whole pages, the first of them number `first` (SQLite counts from 1), in the open."""
        pages = memoryview(sealed)
        for number, start in enumerate(range(0, len(sealed), PAGE), start=first):
            if number == LOCK_PAGE:
                continue
            skipped = _SALT if number == 1 else 0
            mac = self._mac(number, pages[start + skipped : start + _SIGNED])
            if not hmac.compare_digest(mac, pages[start + _SIGNED : start + PAGE]):
                raise StoreDamaged
        return self._decrypt(first, sealed)

    def _decrypt(self, first: int, sealed: Content) -> bytes:
        """One run of CBC over all pages, which is five times as fast as page by page. Only the
        first block of each was XORed with something else than its IV: with what lies before it."""
        room = self._room(0, len(sealed) + _LONGER)
        decryptor = Cipher(self._aes, modes.CBC(bytes(_BLOCK))).decryptor()
        decryptor.update_into(sealed, room)
        plain, lying = _as_pages(room[: len(sealed)]), _as_pages(sealed)
        plain[0, :_BLOCK] ^= lying[0, _DATA:_SIGNED]
        plain[1:, :_BLOCK] ^= lying[:-1, -_BLOCK:] ^ lying[1:, _DATA:_SIGNED]
        plain[:, _DATA:] = 0
        if first == 1:  # its first block is the salt, and what follows begins with the IV
            plain[0, _SALT : _SALT + _BLOCK] ^= lying[0, :_SALT] ^ lying[0, _DATA:_SIGNED]
            plain[0, :_SALT] = np.frombuffer(MAGIC, np.uint8)
        if first <= LOCK_PAGE < first + len(plain):
            plain[LOCK_PAGE - first] = 0
        return plain.tobytes()

    def close_pages(self, first: int, plain: Content) -> memoryview:
        """The same the other way, to be read before the next call. All pages are one run of CBC,
        with a block of fresh randomness before each: what it is encrypted to is the page's IV, as
        random as it was itself."""
        pages = _as_pages(plain)
        size = len(pages) * _SIGNED
        run = np.frombuffer(self._room(0, size), np.uint8).reshape(-1, _SIGNED)
        fresh = os.urandom(len(pages) * _BLOCK)
        run[:, :_BLOCK] = np.frombuffer(fresh, np.uint8).reshape(-1, _BLOCK)
        run[:, _BLOCK:] = pages[:, :_DATA]
        if first == 1:  # the salt stands in its first block: the IV is that of the second
            run[0, _SALT : _SALT + _BLOCK] = run[0, :_BLOCK]
        room = self._room(1, size + _LONGER)
        encryptor = Cipher(self._aes, modes.CBC(os.urandom(_BLOCK))).encryptor()
        encryptor.update_into(self._room(0, size), room)
        done = np.frombuffer(room[:size], np.uint8).reshape(-1, _SIGNED)
        written = self._room(2, len(pages) * PAGE)
        sealed = _as_pages(written)
        sealed[:, :_DATA] = done[:, _BLOCK:]
        sealed[:, _DATA:_SIGNED] = done[:, :_BLOCK]
        if first == 1:
            sealed[0, _DATA:_SIGNED] = done[0, _BLOCK : 2 * _BLOCK]
            sealed[0, :_SALT] = np.frombuffer(self.salt, np.uint8)
        self._sign(first, written)
        return written

    def _sign(self, first: int, pages: memoryview) -> None:
        for number, start in enumerate(range(0, len(pages), PAGE), start=first):
            skipped = _SALT if number == 1 else 0
            mac = self._mac(number, pages[start + skipped : start + _SIGNED])
            pages[start + _SIGNED : start + PAGE] = mac
            if number == LOCK_PAGE:
                pages[start : start + PAGE] = bytes(PAGE)


def _as_pages(content: Content) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8).reshape(-1, PAGE)


def pages_counted(first_page: Content) -> int:
    """How many pages a SQLite file says it has, by its plain first page. Raises StoreDamaged for
    what is no such file (sqlite.org/fileformat2.html, 1.3)."""
    size = int.from_bytes(first_page[16:18], "big")
    if first_page[:16] != MAGIC or size != PAGE or first_page[20:21] != _RESERVED:
        raise StoreDamaged
    return int.from_bytes(first_page[28:32], "big")


def plain_pages(file: BinaryIO, data_key: bytes) -> Iterator[bytes]:
    """Every page of an encrypted file that nobody writes to, in the open, a megabyte at a time; at
    rest, as a file that needs no -wal beside it. Raises StoreDamaged."""
    salt = file.read(_SALT)
    file.seek(0)
    codec, read, count = PageCodec(data_key, salt), 0, 1
    room = memoryview(bytearray(AT_ONCE * PAGE))
    while read < count:
        many = min(AT_ONCE, count - read if read else AT_ONCE)
        sealed = room[: cast(RawIOBase, file).readinto(room[: many * PAGE]) or 0]
        if not sealed or len(sealed) % PAGE:
            raise StoreDamaged
        plain = codec.open_pages(read + 1, sealed)
        if not read:
            count = pages_counted(plain)
            plain = _without_wal(plain)[: count * PAGE]
        read += len(sealed) // PAGE
        yield plain


def _without_wal(plain: bytes) -> bytes:
    """The file format versions say rollback journal, as in any file that lies by itself."""
    return plain[:18] + b"\x01\x01" + plain[20:]

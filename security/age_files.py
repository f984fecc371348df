"""Files sealed to keys in the format of age (age-encryption.org/v1), a stream at a time.

What is sealed here opens with the `age` command and the private key as `AGE-SECRET-KEY-1…`. A file
that was cut or changed anywhere does not open to its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

import pyrage

from security.subkeys import derive

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHECKS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX = "age-secret-key-"


class Source(Protocol):
    """Where bytes come from; empty: no more."""

    def read(self, size: int = -1, /) -> bytes: ...


class Sink(Protocol):
    """Where bytes go to."""

    def write(self, content: bytes, /) -> int: ...

    def flush(self) -> None: ...


class NotForThisKey(Exception):
    """The file was sealed to other keys."""


class SealedFileDamaged(Exception):
    """Cut, changed, or no such file."""


def identity_of(secret: bytes) -> str:
    """The private key of age that belongs to a secret of 32 random bytes."""
    return _bech32(_PREFIX, derive(secret, "backups")).upper()


def new_identity() -> str:
    """A fresh private key."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public key of a private one: what files are sealed to."""
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def seal_stream(plain: Source, sealed: Sink, recipients: Collection[str]) -> None:
    """Everything in `plain`, sealed to each of these keys. What goes wrong while reading or writing
    goes through as it is."""
    keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    kept = _Kept(plain, sealed)
    try:
        pyrage.encrypt_io(kept, kept, keys)
    except (pyrage.EncryptError, OSError) as trouble:
        raise kept.trouble or trouble from trouble


def open_stream(sealed: Source, plain: Sink, identity: str) -> None:
    """Everything that was sealed, as it is opened: a part that was handed on is genuine, and all of
    it only once this returns. `identity`: a private key, or several, a line each. Raises
    NotForThisKey, SealedFileDamaged; what goes wrong while reading or writing goes through as it
    is."""
    kept = _Kept(sealed, plain)
    try:
        keys = [pyrage.x25519.Identity.from_str(one) for one in identity.split()]
        pyrage.decrypt_io(kept, kept, keys)
    except (pyrage.DecryptError, OSError) as trouble:
        if kept.trouble:
            raise kept.trouble from trouble
        unknown = "No matching keys" in str(trouble)
        raise (NotForThisKey if unknown else SealedFileDamaged) from trouble


class _Kept:
    """Hands on what is read and written, and keeps what went wrong there: the library says it in
    words of its own."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self._source, self._sink = source, sink
        self.trouble: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._source.read(size)
        except BaseException as trouble:
            self.trouble = trouble
            raise

    def write(self, content: bytes) -> int:
        try:
            self._sink.write(content)
        except BaseException as trouble:
            self.trouble = trouble
            raise
        return len(content)

    def flush(self) -> None:
        self._sink.flush()


# ---- how age writes a key: Bech32 (BIP 173, "Reference implementation")


def _bech32(prefix: str, content: bytes) -> str:
    number, bits = int.from_bytes(content), len(content) * 8
    padding = -bits % 5
    number, count = number << padding, (bits + padding) // 5
    places = [number >> 5 * (count - 1 - place) & 31 for place in range(count)]
    spread = [*(ord(one) >> 5 for one in prefix), 0, *(ord(one) & 31 for one in prefix)]
    check = _polymod([*spread, *places, *[0] * 6]) ^ 1
    checks = [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[place] for place in (*places, *checks))


def _polymod(places: Iterable[int]) -> int:
    check = 1
    for place in places:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ place
        for bit, value in enumerate(_CHECKS):
            check ^= value if top >> bit & 1 else 0
    return check

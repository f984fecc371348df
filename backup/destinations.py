"""Putting a backup into a place so that what stands there under its name is whole.

A place is a folder on this computer, on a stick, or on another computer. Whatever it is, a file is
written beside its name, flushed, read back from there, compared with its SHA-256, and only then
given its name. Nothing is ever written over, and what an interrupted round left behind goes at the
next one. What is in the files is nobody's business here.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from medilink.errors import (
    BackupNameTaken,
    CopyDamaged,
    PlaceFull,
    PlaceReadOnly,
    PlaceTrouble,
    PlaceVanished,
    SourceChanged,
    TooBigForPlace,
)
from security.plain_files import NotPlainFile

CHUNK = 1 << 20
FAT_LARGEST = (1 << 32) - 1  # FAT32 keeps a file's size in 32 bits
BEGUN = ".part"
Progress = Callable[[int, int], None]


class Room(Protocol):
    """A place that is there now. Its methods raise OSError, and PlaceVanished where they know."""

    largest: int | None  # bytes in one file, where the place has a limit

    def names(self) -> dict[str, int]:
        """Every file here and its size."""
        ...

    def write(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A new file; when the context ends without an exception, its bytes are on the medium."""
        ...

    def read(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file's bytes, as the medium has them and not as they are remembered."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a file a name that no file has; lasting when this returns."""
        ...

    def remove(self, name: str) -> None: ...

    def free(self) -> int | None:
        """Bytes that are free; None where the place does not tell."""
        ...


class Place(Protocol):
    """Where backups are kept. `key` names it in what is remembered, for as long as it is chosen."""

    key: str

    def enter(self) -> AbstractContextManager[Room]:
        """Go there. Raises PlaceAway, and what else speaks against it."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as it has to be at a place."""

    name: str
    size: int
    digest: bytes


def put(
    room: Room, wanted: Wanted, source: BinaryIO, progress: Progress = lambda _done, _of: None
) -> None:
    """Copy a file there. When this returns, it stands under its name and was read back; when it
    raises, nothing new stands under any name but a begun one.

    Raises PlaceTrouble, or whatever `progress` raises to call it off."""
    with plain_trouble(wanted.size):
        if wanted.name in room.names():
            _check_is_it(room, wanted)
            return
        check_fits(room, wanted)
        begun = wanted.name + BEGUN
        try:
            _write(room, wanted, source, progress)
            if digest_there(room, begun, wanted.size) != wanted.digest:
                raise CopyDamaged
            room.rename(begun, wanted.name)
        except BaseException:
            # The first trouble is the one to tell; a place that is gone cannot be tidied anyway.
            with contextlib.suppress(OSError, EOFError, PlaceTrouble):
                room.remove(begun)
            raise


def check_there(room: Room, wanted: Wanted) -> None:
    """Read a file again where it lies. Raises CopyDamaged if it is not what it was, PlaceVanished
    if it is gone."""
    with plain_trouble(wanted.size):
        if digest_there(room, wanted.name, wanted.size) != wanted.digest:
            raise CopyDamaged


def check_fits(room: Room, wanted: Wanted) -> None:
    """Raises TooBigForPlace, PlaceFull, before anything is written."""
    if room.largest is not None and wanted.size > room.largest:
        raise TooBigForPlace
    free = room.free()
    if free is not None and free < wanted.size:
        raise PlaceFull(needed=megabytes(wanted.size))


def digest_there(room: Room, name: str, size: int) -> bytes:
    """SHA-256 of a file, read from its place. Raises CopyDamaged where it is longer than `size`."""
    seen, done = hashlib.sha256(), 0
    with room.read(name) as file:
        while part := file.read(CHUNK):
            done += len(part)
            if done > size:
                raise CopyDamaged
            seen.update(part)
    return seen.digest()


def megabytes(size: int) -> int:
    """Rounded up, as people compare it with what a stick has left; one at least."""
    return max(1, -(-size // 1_000_000))


def _check_is_it(room: Room, wanted: Wanted) -> None:
    if digest_there(room, wanted.name, wanted.size) != wanted.digest:
        raise BackupNameTaken


def _write(room: Room, wanted: Wanted, source: BinaryIO, progress: Progress) -> None:
    seen, done = hashlib.sha256(), 0
    with room.write(wanted.name + BEGUN) as file:
        while part := source.read(CHUNK):
            file.write(part)
            seen.update(part)
            done += len(part)
            if done > wanted.size:  # another computer may send without end
                raise SourceChanged
            progress(done, wanted.size)
    if seen.digest() != wanted.digest:
        raise SourceChanged


FULL = {errno.ENOSPC, errno.EDQUOT}
_PROTECTED = {errno.EROFS, errno.EACCES, errno.EPERM}
_GONE = {errno.EIO, errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE,
         errno.ECONNRESET, errno.EPIPE, errno.ENOTDIR, errno.EHOSTUNREACH, errno.ENETUNREACH,
         errno.ETIMEDOUT}  # fmt: skip


@contextlib.contextmanager
def plain_trouble(size: int) -> Iterator[None]:
    """Say what an operating system says in words a person can act on."""
    try:
        yield
    except EOFError as trouble:
        raise PlaceVanished from trouble
    except OSError as trouble:
        raise _in_plain_words(trouble, size) from trouble


def _in_plain_words(trouble: OSError, size: int) -> PlaceTrouble:
    code = trouble.errno
    if isinstance(trouble, NotPlainFile | IsADirectoryError):
        return BackupNameTaken()
    if code == errno.EFBIG or (size > FAT_LARGEST and code == errno.EINVAL):
        return TooBigForPlace()
    if code in FULL:
        return PlaceFull(needed=megabytes(size))
    if code in _PROTECTED:
        return PlaceReadOnly()
    if code in _GONE or isinstance(trouble, TimeoutError):
        return PlaceVanished()
    return PlaceTrouble()

"""Writing a backup's file and reading it again, a megabyte at a time; nothing of it in the open
ever touches the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from io import FileIO
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

import zstandard

from backup.format import HEAD_BYTES, Label, label_length, read_label
from database.pages import PAGE, Content
from database.snapshot import Frozen
from medilink.errors import BackupDamaged, BackupOtherKey
from security.age_files import (
    NotForThisKey,
    SealedFileDamaged,
    Source,
    open_stream,
    seal_stream,
)
from security.plain_files import NotPlainFile, open_plain

# zstd's default level with a window of 8 MB: smaller than the bare commands, restic and borg store
# it, for 1.22 times the work of the bare commands on a quiet computer (level 2: 1.01, and a twelfth
# larger; 3 with long-distance matching: 1.65, and a fiftieth smaller; tests/bench measures it).
LEVEL, WINDOW_LOG = 3, 23
_READ_BYTES = 1024 * 1024
Progress = Callable[[int, int], None]


class Pages(Protocol):
    """Takes the plain pages of a backup, in pieces of any length that last as long as the call."""

    def write(self, plain: Content, /) -> None: ...

    def close(self) -> None:
        """That was all of them."""
        ...


def nobody_waits(done: int, of: int) -> None:
    """Progress for whoever does not look."""


def write_archive(
    snapshot: Frozen,
    label: bytes,
    recipients: Collection[str],
    file: BinaryIO,
    progress: Progress = nobody_waits,
) -> None:
    """A whole backup into `file`. `progress` is told how many pages are done; it may raise."""
    seal_stream(_Pieces(_packed(snapshot, label, progress)), file, recipients)


def _packed(snapshot: Frozen, label: bytes, progress: Progress) -> Iterator[bytes]:
    how = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, write_checksum=True
    )
    packing = zstandard.ZstdCompressor(compression_params=how).compressobj(size=snapshot.size)
    done = 0
    yield label
    for plain in snapshot.pages:
        if packed := packing.compress(plain):
            yield packed
        done += len(plain) // PAGE
        progress(done, snapshot.count)
    yield packing.flush()


class _Pieces:
    """Pieces as something to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = memoryview(piece)
        taken = self._left[: size if size >= 0 else None]
        self._left = self._left[len(taken) :]
        return bytes(taken)


# ---- reading


def read_archive(path: Path, identity: str, begin: Callable[[Label], Pages]) -> bytes:
    """Hand every page on to what `begin` makes of the label; SHA-256 of the file. Only when this
    returns was the file whole. Raises BackupDamaged, BackupOtherKey, and what the pages raise."""
    with _opened(path) as file:
        forget_cached(file)
        hashed = _Hashing(file)
        unpacking = _Unpacking(begin)
        _open(hashed, unpacking, identity)
        unpacking.close()
        while hashed.read(_READ_BYTES):
            pass
    return hashed.digest()


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file, read from the disk. Raises BackupDamaged, OSError."""
    with _opened(path) as file:
        forget_cached(file)
        return hashlib.file_digest(file, "sha256").digest()


def label_of(path: Path, identity: str) -> Label:
    """What a backup says of itself; only its first part is read. Raises BackupDamaged,
    BackupOtherKey."""

    def begin(label: Label) -> Pages:
        raise _Enough(label)

    with _opened(path) as file:
        try:
            _open(file, _Unpacking(begin), identity)
        except _Enough as found:
            return found.label
    raise BackupDamaged


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[FileIO]:
    """A backup's file. Raises BackupDamaged where that is no plain file, OSError."""
    try:
        handle = open_plain(path)
    except NotPlainFile as trouble:
        raise BackupDamaged from trouble
    with FileIO(handle) as file:
        yield file


class _Enough(Exception):
    """The label was all that was wanted."""

    def __init__(self, label: Label) -> None:
        super().__init__()
        self.label = label


def _open(file: Source, unpacking: _Unpacking, identity: str) -> None:
    try:
        open_stream(file, unpacking, identity)
    except NotForThisKey as trouble:
        raise BackupOtherKey from trouble
    except (SealedFileDamaged, zstandard.ZstdError) as trouble:
        raise BackupDamaged from trouble


def forget_cached(file: BinaryIO) -> None:
    """What is read next comes from the disk itself, where the system can be asked for that."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class _Hashing:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._hash.update(content)
        return content

    def digest(self) -> bytes:
        return self._hash.digest()


class _Unpacking:
    """Takes what was sealed: first the label, then packed pages."""

    def __init__(self, begin: Callable[[Label], Pages]) -> None:
        self._begin, self._beginning = begin, b""
        self._pages: Pages | None = None
        self._unpacker: zstandard.ZstdDecompressionWriter | None = None

    def write(self, content: bytes) -> int:
        if self._unpacker is not None:
            self._unpacker.write(content)
            return len(content)
        self._beginning += content
        if len(self._beginning) >= HEAD_BYTES:
            end = HEAD_BYTES + label_length(self._beginning)
            if len(self._beginning) >= end:
                self._pages = self._begin(read_label(self._beginning[HEAD_BYTES:end]))
                unpacker = zstandard.ZstdDecompressor()
                self._unpacker = unpacker.stream_writer(cast(IO[bytes], _Plain(self._pages)))
                self._unpacker.write(self._beginning[end:])
        return len(content)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        if self._pages is None:
            raise BackupDamaged
        self._pages.close()


class _Plain:
    """The pages as something zstandard writes to."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def write(self, plain: Content) -> int:
        self._pages.write(plain)
        return len(plain)

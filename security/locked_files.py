"""Files locked with a password: AES-256 as WinZip and Acrobat know it, so that programs every phone
and computer has can open them.

A zip derives its key with only 1,000 rounds of PBKDF2 (WinZip, "AE-1 and AE-2"), and either file
can be tried for as long as somebody likes: so the password has to be strong.
"""

from __future__ import annotations

import io
import logging
import unicodedata
import zipfile
import zlib
from typing import BinaryIO

import pyzipper
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pyzipper.zipfile_aes import AESZipInfo

from medilink.errors import FilePasswordWrong, FileUnreadable, PasswordWeak
from security.passwords import strong_enough

# It quotes what it cannot read, and that may be a piece of somebody's record.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

LARGEST_INSIDE = 200 * 1024 * 1024  # bytes unpacked: more would be a bomb
LONGEST_IN_PDF = 127  # bytes of a password that count (ISO 32000-2, 7.6.4.3.3)
_BROKEN_ZIP = (zipfile.BadZipFile, pyzipper.BadZipFile)
# A damaged PDF fails in any of these ways.
BROKEN_PDF = (
    PyPdfError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)
_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)


def lock_zip(name: str, content: bytes, password: str) -> bytes:
    """A zip with one file in it, locked. Anybody can read `name` and the size without the password:
    let it tell nothing. Raises PasswordWeak."""
    out = io.BytesIO()
    with LockedZip(out, password) as locked:
        locked.add(name, content)
    return out.getvalue()


class LockedZip:
    """A locked zip that is written while its files are made, straight to where it is kept: nothing
    of what is in it is ever on the disk in the open. Whole when its block ends."""

    def __init__(self, sink: BinaryIO, password: str) -> None:
        """Raises PasswordWeak."""
        chosen = _strong(password).encode()
        self._zip = pyzipper.AESZipFile(
            sink, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
        )
        self._zip.setpassword(chosen)
        self._zip.setencryption(pyzipper.WZ_AES, nbits=256)

    def add(self, name: str, content: bytes) -> None:
        """One more file. Its name can be read without the password."""
        held = AESZipInfo(name, _ZIP_BEGINS)
        held.compress_type, held.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        self._zip.writestr(held, content)

    def __enter__(self) -> LockedZip:
        return self

    def __exit__(self, *gone_wrong: object) -> None:
        self._zip.close()


def open_locked_zip(content: bytes, password: str) -> list[tuple[str, bytes]]:
    """(name, content) of every file in a locked zip. Raises FilePasswordWrong, FileUnreadable."""
    try:
        with pyzipper.AESZipFile(io.BytesIO(content)) as locked:
            held = locked.infolist()
            if sum(one.file_size for one in held) > LARGEST_INSIDE:
                raise FileUnreadable(why="unpacked it would be larger than 1 GB")
            locked.setpassword(_as_typed(password).encode())
            return [(one.filename, _read(locked, one)) for one in held]
    except (*_BROKEN_ZIP, EOFError, NotImplementedError, zlib.error) as trouble:
        raise FileUnreadable(why="it is damaged, or no zip") from trouble


def _read(locked: pyzipper.AESZipFile, held: zipfile.ZipInfo) -> bytes:
    """What is in it. One wrong password in 65,536 is noticed only at the end, by the signature of
    the content: that cannot be told from damage."""
    try:
        return bytes(locked.read(held))
    except RuntimeError as trouble:
        raise FilePasswordWrong from trouble


def lock_pdf(content: bytes, password: str) -> bytes:
    """The PDF, locked; what is attached to it and its structure for screen readers stay. Raises
    PasswordWeak, FileUnreadable."""
    chosen = _strong(password)
    try:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
        writer.encrypt(chosen, algorithm="AES-256")
    except BROKEN_PDF as trouble:
        raise FileUnreadable(why="it is damaged, or no PDF") from trouble
    return _written(writer)


def unlock_pdf(content: bytes, password: str) -> bytes:
    """The PDF without its lock. Raises FilePasswordWrong, FileUnreadable."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(_as_typed(password)):
            raise FilePasswordWrong
        writer = PdfWriter(clone_from=reader)
    except BROKEN_PDF as trouble:
        raise FileUnreadable(why="it is damaged, or no PDF") from trouble
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _strong(password: str) -> str:
    typed = _as_typed(password)
    if not strong_enough(typed) or len(typed.encode()) > LONGEST_IN_PDF:
        raise PasswordWeak
    return typed


def _as_typed(password: str) -> str:
    """A password in one form, whatever keyboard it was typed on (as SASLprep, RFC 4013)."""
    return unicodedata.normalize("NFKC", password)

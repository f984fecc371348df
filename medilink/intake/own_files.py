"""The record inside a file MediLink made: a PDF's attachment, a part of an Excel file, a member of
a zip, or the file itself. Pure."""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zipfile
import zlib
from itertools import islice

import pypdf

from medilink.errors import FileLocked
from medilink.intake.own_record import is_record_file
from security.locked_files import BROKEN_PDF, open_locked_zip, unlock_pdf

RECORD_NAME = "record.json"
WHO_IS_WHO = "who-is-who.csv"  # in a zip of all records: whose file is which, no record itself
LARGEST_RECORD = 200 * 1024 * 1024  # bytes unpacked: no bomb, and more than any record
# A damaged zip fails in any of these ways; one of a locked member is a RuntimeError.
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError)
MOST_MEMBERS = 50_000  # of a zip; all are listed in memory before one is read
_MOST_TRIED = 10
_LOCKED = 1  # APPNOTE 4.4.4: bit 0 of the flags
_IN_EXCEL = re.compile(r"customXml/item\d+\.xml")
_BASE64 = re.compile(rb">([A-Za-z0-9+/=\s]+)</")


def record_within(file: bytes) -> bytes | None:
    """The record file a file carries; None where it carries none, is locked or damaged."""
    try:
        if file.startswith(b"%PDF-"):
            return _in_pdf(file)
        if file.startswith(b"PK\x03\x04"):
            return _in_zip(file)
    except (*BROKEN_PDF, *_BROKEN_ZIP):
        return None
    return file if is_record_file(file) else None


def is_locked(file: bytes) -> bool:
    """Whether a PDF or zip asks for a password."""
    try:
        if file.startswith(b"%PDF-"):
            return pypdf.PdfReader(io.BytesIO(file)).is_encrypted
        if file.startswith(b"PK\x03\x04"):
            with _opened_zip(file) as packed:
                return any(one.flag_bits & _LOCKED for one in packed.infolist())
    except (*BROKEN_PDF, *_BROKEN_ZIP):
        return False
    return False


def unlock(name: str, file: bytes, password: str) -> list[tuple[str, bytes]]:
    """(name, content) of a locked file, or of each in a locked zip. Raises FileLocked without a
    password, FilePasswordWrong, FileUnreadable."""
    if not password:
        raise FileLocked
    if file.startswith(b"%PDF-"):
        return [(name, unlock_pdf(file, password))]
    return [one for one in open_locked_zip(file, password) if one[0] != WHO_IS_WHO]


def _in_pdf(file: bytes) -> bytes | None:
    # The first of that name and no other: each may be packed, and a file may name it many times.
    held = pypdf.PdfReader(io.BytesIO(file)).attachment_list
    return next((one.content for one in held if one.name == RECORD_NAME), None)


def _opened_zip(file: bytes) -> zipfile.ZipFile:
    if file.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise zipfile.BadZipFile
    return zipfile.ZipFile(io.BytesIO(file))


def _in_zip(file: bytes) -> bytes | None:
    with _opened_zip(file) as packed:
        names = packed.namelist()
        if RECORD_NAME in names:
            return _member(packed, RECORD_NAME)
        for name in islice(filter(_IN_EXCEL.fullmatch, names), _MOST_TRIED):
            found = _BASE64.search(_member(packed, name))
            if found:
                return _decoded(found[1])
    return None


def _member(packed: zipfile.ZipFile, name: str) -> bytes:
    if packed.getinfo(name).file_size > LARGEST_RECORD:
        raise zipfile.BadZipFile
    return packed.read(name)


def _decoded(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return None

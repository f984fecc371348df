"""Objects of a PDF file that ReportLab has no class for, written as they are."""

from __future__ import annotations

import zlib
from typing import Any

from reportlab.pdfbase import pdfdoc

Document = Any  # ReportLab's PDFDocument: its stubs leave out what a file is made of


class Raw(pdfdoc.PDFObject):
    """An object of the file whose text is known, or will be when the file is written."""

    __RefOnly__ = 1  # ReportLab: never written inside another object

    def __init__(self, text: str | bytes) -> None:
        self.text = text

    def format(self, document: Document) -> bytes:  # noqa: ARG002 as ReportLab calls it
        """Its bytes, as ReportLab asks for them."""
        return self.text.encode("latin-1") if isinstance(self.text, str) else self.text


def add_raw(doc: Document, text: str | bytes) -> Raw:
    """A new object of the file."""
    made = Raw(text)
    doc.Reference(made)
    return made


def add_stream(doc: Document, data: bytes, more: str = "") -> Raw:
    """A new stream of the file, packed. `more`: further entries of its dictionary."""
    packed = zlib.compress(data)
    head = f"<< /Filter /FlateDecode /Length {len(packed)} {more} >>\nstream\n"
    return add_raw(doc, head.encode() + packed + b"\nendstream")


def number_of(doc: Document, made: Any) -> int:
    """The number by which other objects refer to one that was added."""
    return int(doc.idToObjectNumberAndVersion[made.__InternalName__][0])


def text_string(text: str) -> str:
    """A text as a PDF string for people (ISO 32000-1, 7.9.2.2), in hexadecimal digits: nothing in
    it can end the string."""
    return f"<FEFF{utf16(text)}>"


def utf16(text: str) -> str:
    """A text as UTF-16 in hexadecimal digits, as tables of a PDF have it."""
    return text.encode("utf-16-be", "replace").hex().upper()

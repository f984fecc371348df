"""Drawing QR codes. Version, level and mode are checked after drawing, not hoped for."""

from __future__ import annotations

import io

import segno

LARGEST_VERSION = 20  # beyond, a phone camera at arm's length no longer separates the modules


def make_qr(text: str, *, level: str = "M") -> segno.QRCode:
    """A QR of `text`; base45 text goes in alphanumeric mode. Raises ValueError when too long."""
    code = segno.make_qr(text, error=level, boost_error=False, version=None)
    version = int(code.version)
    if version > LARGEST_VERSION or code.error != level:
        raise ValueError("too much for one QR code")
    return code


def qr_data_uri(text: str) -> str:
    """A QR as a data: URI of an SVG that scales to its box, quiet zone included."""
    code = make_qr(text)
    return str(code.svg_data_uri(border=4, omitsize=True, light="#fff"))


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """A QR as PNG, `scale` pixels a module, quiet zone included."""
    out = io.BytesIO()
    make_qr(text).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()

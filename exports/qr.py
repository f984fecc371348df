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


def qr_svg(text: str, *, title: str) -> str:
    """A QR as an SVG that scales to its box, with a title for screen readers."""
    out = io.BytesIO()
    make_qr(text).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, title=title, light="#fff"
    )
    return out.getvalue().decode()


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """A QR as PNG, `scale` pixels a module, quiet zone included."""
    out = io.BytesIO()
    make_qr(text).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()

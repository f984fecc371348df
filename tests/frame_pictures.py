"""Frames of a moving code as pictures, as a screen shows them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from exports.qr import FrameQr

QUIET = 4


def picture_of(frame: FrameQr, scale: int = 5) -> Image.Image:
    """Black on white with the quiet zone, `scale` pixels a module."""
    bits = np.unpackbits(np.frombuffer(frame.modules, np.uint8))[: frame.side**2]
    light = (1 - bits.reshape(frame.side, frame.side)) * np.uint8(255)
    small = Image.fromarray(np.pad(light, QUIET, constant_values=255))
    side = small.width * scale
    return small.resize((side, side), Image.Resampling.NEAREST)


def jpeg_of(frame: FrameQr) -> bytes:
    """As the page's camera sends it."""
    out = io.BytesIO()
    picture_of(frame).save(out, "JPEG", quality=85)
    return out.getvalue()

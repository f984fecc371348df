"""How a clinic's papers look: its name, its logo, one colour that can be read."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from PIL import Image

from medilink.attachments import draw_anew
from medilink.errors import FileNotAPicture, FileTooBig

Colour = tuple[float, float, float]
DEFAULT_ACCENT = "#0b5d6b"
READABLE = 4.5  # contrast with white: WCAG 2.2, 1.4.3
LOGO_SIDE = 500  # dots: 18 mm at 700 an inch
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_DARKER = 0.9


@dataclass(frozen=True, slots=True)
class Look:
    """`clinic`: its name; `logo`: a picture as it was uploaded; `accent`: "#rrggbb"."""

    clinic: str
    logo: bytes = b""
    accent: str = DEFAULT_ACCENT

    @property
    def colour(self) -> Colour:
        """The accent, darkened until it can be read on white. What is no colour is ours."""
        text = self.accent if _HEX.fullmatch(self.accent) else DEFAULT_ACCENT
        red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
        while contrast_with_white((red, green, blue)) < READABLE:
            red, green, blue = red * _DARKER, green * _DARKER, blue * _DARKER
        return red, green, blue


def contrast_with_white(colour: Colour) -> float:
    """How much a colour stands out (WCAG 2.2, contrast ratio)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    brightness = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (brightness + 0.05)


def printable(body: bytes, longest: int) -> tuple[bytes, int, int] | None:
    """A picture as JPEG with its sides in dots; None for what is no picture, or too large a one."""
    try:
        jpeg = draw_anew(body, longest)
    except (FileNotAPicture, FileTooBig):
        return None
    with Image.open(io.BytesIO(jpeg)) as drawn:
        return jpeg, drawn.width, drawn.height

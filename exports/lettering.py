"""Which font can write a text, and how wide it is: any script this computer has letters for.

Latin is written with the fonts of `exports.fonts`. Other scripts are written by Pillow with a font
found on the computer (it joins Arabic letters and turns their direction, where its raqm library is
there); in a PDF such a line is a picture of 600 dots per inch. Letters nobody has a font for are
left out rather than drawn as boxes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

_BUNDLED = Path(reportlab.__file__).parent / "fonts"  # Bitstream Vera, comes with ReportLab
_PLACES = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
    Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
)
# File names, the likeliest first: bold ones, for a card is read from arm's length.
_WANTED = (
    "DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "NotoSansEthiopic-Bold.ttf",
    "NotoSansEthiopic-Regular.ttf", "NotoSansArabic-Bold.ttf", "NotoNaskhArabic-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf", "NotoSansBengali-Bold.ttf", "NotoSansTamil-Bold.ttf",
    "NotoSansThai-Bold.ttf", "NotoSansHebrew-Bold.ttf", "NotoSansCJK-Bold.ttc",
    "NotoSansGujarati-Bold.ttf", "NotoSansGurmukhi-Bold.ttf", "NotoSansTelugu-Bold.ttf",
    "arialbd.ttf", "ebrimabd.ttf", "NirmalaB.ttf", "Nirmala.ttc", "msgothic.ttc", "leelawdb.ttf",
    "Arial Bold.ttf", "Arial Unicode.ttf", "Kefa.ttc", "PingFang.ttc",
)  # fmt: skip
_NOBODY_HAS_IT = "\U0010fffe"  # a code point that is no character: drawn as the font's empty box
_PROBE_SIZE = 24
_INVISIBLE = "\u200c\u200d"


def is_plain(text: str) -> bool:
    """Whether the fonts of `exports.fonts` can write it (Windows-1252, as PDF's own fonts do)."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def writable(text: str) -> str:
    """The text without letters that no font here has."""
    if is_plain(text) or font_file(text):
        return text
    kept = [word for word in text.split() if is_plain(word) or font_file(word)]
    return " ".join(kept)


@cache
def bundled_font(*, bold: bool) -> Path:
    """A Latin font that is there on every computer."""
    return _BUNDLED / ("VeraBd.ttf" if bold else "Vera.ttf")


@cache
def font_file(text: str) -> Path | None:
    """A font on this computer that has every letter of the text; None where there is none."""
    return next((path for path in fonts_here() if _has_all(path, text)), None)


@cache
def fonts_here() -> tuple[Path, ...]:
    """Fonts of this computer that letters are looked for in, the likeliest first."""
    rank = {name: place for place, name in enumerate(_WANTED)}
    found = {path.name: path for folder in _PLACES for path in _font_files(folder)}
    return tuple(sorted((p for n, p in found.items() if n in rank), key=lambda p: rank[p.name]))


def _font_files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in names if name.lower().endswith((".ttf", ".ttc")))


def _has_all(path: Path, text: str) -> bool:
    try:
        font = ImageFont.truetype(path, _PROBE_SIZE, layout_engine=ImageFont.Layout.BASIC)
    except OSError:  # not a font after all
        return False
    box = bytes(font.getmask(_NOBODY_HAS_IT))
    letters = {letter for letter in text if not letter.isspace() and letter not in _INVISIBLE}
    return all(bytes(font.getmask(letter)) != box for letter in letters)


@cache
def picture_font(text: str, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """A font of `size` pixels that writes the text."""
    path = bundled_font(bold=bold) if is_plain(text) else font_file(text) or bundled_font(bold=bold)
    return ImageFont.truetype(path, size)


def picture_of(text: str, size: int) -> Image.Image:
    """The text in black on white, `size` pixels an em, its baseline one em below the top."""
    font = picture_font(text, size, bold=True)
    width = max(1, round(font.getlength(text)))
    picture = Image.new("L", (width, round(size * 1.4)), 255)
    ImageDraw.Draw(picture).text((0, size), text, font=font, fill=0, anchor="ls")
    return picture

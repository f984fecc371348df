"""What of a text may be drawn: any letter of any script, and nothing that is no letter."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
MARKS = frozenset({"Mn", "Mc", "Me"})
MISSING = "\ufffd"  # drawn for a letter nobody has a font for; Noto Sans has it
_DIRECTIONS = "\u200e\u200f"  # marks that only say how what is beside them reads
NO_DIRECTIONS = dict.fromkeys(map(ord, _DIRECTIONS))


def as_data(text: str) -> str:
    """A text as it may be drawn: composed (NFC), without what is invisible or turns the direction
    of what follows; lines stay lines."""
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return text
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(map(_shown, unicodedata.normalize("NFC", tidy)))


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter == "\n" or letter in JOINERS or letter in _DIRECTIONS:
        return letter
    if kind == "Cf":
        return ""
    if kind == "Cs":  # half a character: no text has one
        return MISSING
    return " " if kind in ("Cc", "Zl", "Zp", "Zs") else letter


def never_changes(letter: str) -> bool:
    """Whether a letter looks the same beside any other: Latin, Greek, Cyrillic and their signs."""
    return letter < "\u0590" or ("\u1e00" <= letter < "\u2c00" and letter not in _DIRECTIONS)

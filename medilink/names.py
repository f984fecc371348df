"""How names sound: the same key for spellings of one name. Pure."""

from __future__ import annotations

import re

# Spellings that sound alike in Eastern Africa and in French or Portuguese hands.
_SOUNDS = (
    ("ou", "u"),
    ("oo", "u"),
    ("dj", "j"),
    ("ph", "f"),
    ("ck", "k"),
    ("kh", "k"),
    ("gh", "g"),
    ("sh", "s"),
    ("ch", "s"),
    ("th", "t"),
    ("w", "u"),
    ("l", "r"),
    ("c", "k"),
    ("q", "k"),
    ("z", "s"),
    ("v", "f"),
    ("y", "i"),
)
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_TWICE = re.compile(r"(.)\1+")


def sound_key(word: str) -> str:
    """The same for words that sound alike: digraphs folded, vowels and doubling dropped."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _VOWELS.sub("", _TWICE.sub(r"\1", word))

"""Names as they are mistyped and misheard: seeded, so that recall can be compared for years.

The five kinds of research/storage.md 3.4, in equal parts; in 30 of 100 the names change places.
An edit deletes, inserts, replaces or transposes letters after the first one of a word; a phonetic
swap writes one sound another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from medilink.people import fold

KINDS = ("one edit", "two edits", "one sound", "two sounds", "sound and two edits")
ORDER_SWAPPED = 0.3
LATIN = "abcdefghijklmnopqrstuvwxyz"
# Each may be read either way round.
SOUNDS = (
    ("ou", "u"), ("oo", "u"), ("dj", "j"), ("ph", "f"), ("ck", "k"), ("kh", "k"), ("gh", "g"),
    ("sh", "s"), ("ch", "sh"), ("th", "t"), ("w", "u"), ("l", "r"), ("c", "k"), ("q", "k"),
    ("z", "s"), ("v", "f"), ("y", "i"), ("ee", "i"), ("ai", "e"), ("ei", "e"), ("b", "p"),
    ("d", "t"), ("ng", "n"), ("mb", "b"), ("ks", "x"), ("nd", "n"),
)  # fmt: skip


class Misspelt(NamedTuple):
    """What was typed, who was meant (the folded full name), and how it came about."""

    typed: str
    meant: str
    kind: str


def misspell(names: Sequence[str], count: int, seed: int) -> Iterator[Misspelt]:
    """`count` misspelt names of people drawn from `names`."""
    chance = Random(seed)
    made = 0
    while made < count:
        meant, kind = fold(chance.choice(names)), KINDS[made % len(KINDS)]
        words = _changed(chance, meant.split(), kind)
        if words == meant.split():  # nothing in it sounds like anything else
            continue
        if chance.random() < ORDER_SWAPPED:
            words = [*words[1:], words[0]]
        made += 1
        yield Misspelt(" ".join(words), meant, kind)


def _changed(chance: Random, words: list[str], kind: str) -> list[str]:
    sounds = {"one sound": 1, "two sounds": 2, "sound and two edits": 1}.get(kind, 0)
    edits = {"one edit": 1, "two edits": 2, "sound and two edits": 2}.get(kind, 0)
    for _ in range(sounds):
        words = _one_word(chance, words, _swap_sound)
    for _ in range(edits):
        words = _one_word(chance, words, _edit)
    return words


def _one_word(chance: Random, words: list[str], change) -> list[str]:  # type: ignore[no-untyped-def]
    at = chance.randrange(len(words))
    return [*words[:at], change(chance, words[at]), *words[at + 1 :]]


def _edit(chance: Random, word: str) -> str:
    """One letter after the first deleted, added, replaced, or exchanged with the next."""
    if len(word) < 3:
        return word
    at = chance.randrange(1, len(word))
    letter = chance.choice(LATIN if word.isascii() else word)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
        )
    )


def _swap_sound(chance: Random, word: str) -> str:
    """One of the sounds in it written the other way; the same word if there is none."""
    ways = [(one, other) for pair in SOUNDS for one, other in (pair, pair[::-1]) if one in word]
    if not ways:
        return word
    one, other = chance.choice(ways)
    return word.replace(one, other, 1)

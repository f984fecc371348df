"""The words of a document, in the language it is made in: given by whoever asks for it, because
texts and their catalogues are known in `ui` only."""

from __future__ import annotations

from typing import Protocol


class Wording(Protocol):
    """How a document says things. `locale`: for dates and numbers, as babel names it."""

    @property
    def locale(self) -> str: ...

    def say(self, text: str, **facts: object) -> str:
        """A text in the language of the document; {names} are filled in."""

    def say_many(self, one: str, many: str, number: int, **facts: object) -> str:
        """A text that goes with a number."""

    def say_kept(self, kept: str) -> str:
        """Something kept in a record: translated where it is a word of a list."""

    def say_number(self, number: str) -> str:
        """A decimal text with the decimal sign of the language."""


class English:
    """The words as they stand in the code."""

    locale = "en_GB"

    def say(self, text: str, **facts: object) -> str:
        """The text itself."""
        return text.format(**facts) if facts else text

    def say_many(self, one: str, many: str, number: int, **facts: object) -> str:
        """One of the two."""
        return (one if number == 1 else many).format(number=number, **facts)

    def say_kept(self, kept: str) -> str:
        """What was kept."""
        return kept

    def say_number(self, number: str) -> str:
        """The number as it is."""
        return number

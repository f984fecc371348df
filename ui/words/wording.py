"""The words of a document in its own language, whatever the page around it speaks."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, copy_context

from ui.words import say, say_kept, say_many, say_number, speak, spoken_locale


class DocumentWords:
    """Implements exports.wording.Wording. For one thread at a time."""

    def __init__(self, language: str) -> None:
        self._context: Context = copy_context()
        self._context.run(speak, language)
        self.locale: str = self._context.run(spoken_locale)

    def say(self, text: str, **facts: object) -> str:
        """A text in the document's language."""
        return self._run(lambda: say(text, **facts))

    def say_many(self, one: str, many: str, number: int, **facts: object) -> str:
        """A text that goes with a number."""
        return self._run(lambda: say_many(one, many, number, **facts))

    def say_kept(self, kept: str) -> str:
        """Something kept in a record, translated where it is a word of a list."""
        return self._run(lambda: say_kept(kept))

    def say_number(self, number: str) -> str:
        """A decimal text with the decimal sign of the language."""
        return self._run(lambda: say_number(number))

    def _run(self, saying: Callable[[], str]) -> str:
        return self._context.run(saying)

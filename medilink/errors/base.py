"""What every error a person can meet has: a sentence, a stable code, facts."""

from __future__ import annotations

import inspect


class MediLinkError(Exception):
    """Something went wrong. Try again; if it stays, run: python run.py doctor"""

    code = "error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def template(self) -> str:
        """The untranslated sentence, with {names} of its facts."""
        return " ".join(inspect.cleandoc(type(self).__doc__ or "").split())

    @property
    def sentence(self) -> str:
        """What to tell the person, in English."""
        return self.template.format(**self.facts)

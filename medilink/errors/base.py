"""What every error a person can meet has: a sentence, a stable code, facts."""

from __future__ import annotations

import inspect


class MediLinkError(Exception):
    """Something went wrong. Try again; if it stays, run: python run.py doctor"""

    code = "error"
    to_others = ""  # said instead to whoever treats nobody, where the sentence speaks of a patient

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @classmethod
    def template_of(cls) -> str:
        """The untranslated sentence, with {names} of its facts."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split())

    @classmethod
    def template_for(cls, *, treats: bool) -> str:
        """The untranslated sentence for somebody who treats patients, or for anybody else."""
        return cls.template_of() if treats or not cls.to_others else cls.to_others

    @property
    def template(self) -> str:
        """The untranslated sentence of this error."""
        return self.template_of()

    @property
    def sentence(self) -> str:
        """What to tell the person, in English."""
        return self.template.format(**self.facts)

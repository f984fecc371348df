"""Every text a person reads, in their language: `say("English sentence", name=value)`.

Catalogues are gettext .po files beside this one (`sw.po`, `fr.po`): adding a language is adding a
file. The language is that of the request or page run in progress.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

from medilink.errors import MediLinkError

ENGLISH = "en"
_HERE = Path(__file__).parent
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def languages() -> dict[str, str]:
    """Code → the language's own name, for every catalogue there is."""
    codes = [ENGLISH, *sorted(path.stem for path in _HERE.glob("*.po"))]
    return {code: (Locale.parse(code).display_name or code).capitalize() for code in codes}


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = _HERE / f"{language}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    return {
        str(message.id): str(message.string)
        for message in found
        if message.id and message.string and not message.fuzzy
    }


def speak(language: str) -> None:
    """Use a language from here on in this page run or request."""
    _language.set(language if language in languages() else ENGLISH)


def spoken() -> str:
    """The language in use."""
    return _language.get()


def say(text: str, **facts: object) -> str:
    """A text in the language in use; {names} are filled in after translation."""
    translated = _catalogue(_language.get()).get(text, text)
    return translated.format(**facts) if facts else translated


def say_error(error: MediLinkError) -> str:
    """What went wrong and what to do next, in the language in use."""
    facts = {
        name: say(value) if isinstance(value, str) and name == "field" else value
        for name, value in error.facts.items()
    }
    translated = _catalogue(_language.get()).get(error.template, error.template)
    return translated.format(**facts)

"""Every text a person reads, in their language: `say("English sentence", name=value)`.

Catalogues are gettext .po files beside this one (`sw.po`, `fr.po`): adding a language is adding a
file. The language is that of the request or page run in progress.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from gettext import c2py
from pathlib import Path

from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol

from medilink.errors import MediLinkError

ENGLISH = "en"
LANGUAGE_COOKIE = "language"
_HERE = Path(__file__).parent
_language: ContextVar[str | None] = ContextVar("language", default=None)
_finder: list[Callable[[], str | None]] = []


@cache
def languages() -> dict[str, str]:
    """Code → the language's own name, for every catalogue there is."""
    codes = [ENGLISH, *sorted(path.stem for path in _HERE.glob("*.po"))]
    return {code: (Locale.parse(code).display_name or code).capitalize() for code in codes}


@cache
def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none."""
    path = _HERE / f"{language}.po"
    if not path.is_file():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def _catalogue(language: str) -> dict[str, str]:
    return {
        message.id: str(message.string)
        for message in read_catalogue(language)
        if isinstance(message.id, str) and message.id and message.string and not message.fuzzy
    }


@cache
def _plural_forms(language: str) -> dict[str, tuple[str, ...]]:
    """One → the forms of a text that goes with a number, in the order of the plural rule."""
    return {
        message.id[0]: tuple(message.string)
        for message in read_catalogue(language)
        if isinstance(message.id, (list, tuple)) and isinstance(message.string, (list, tuple))
        if all(message.string) and not message.fuzzy
    }


@cache
def _plural_rule(language: str) -> Callable[[int], int]:
    return c2py(read_catalogue(language).plural_expr)


def language_asked(cookie: str, accept: str) -> str | None:
    """The language a browser asks for: the one chosen in it, else the best of its Accept-Language
    header (RFC 9110, 12.5.4); None where none of them is known here."""
    if cookie in languages():
        return cookie
    asked = [part.split(";")[0].strip().replace("-", "_") for part in accept.split(",")]
    return negotiate_locale([language for language in asked if language], list(languages()))


def speak(language: str) -> None:
    """Use a language from here on in this page run or request."""
    _language.set(language if language in languages() else ENGLISH)


def find_language_by(finder: Callable[[], str | None]) -> None:
    """Whom to ask where nobody has said the language yet: parts of a page that redraw alone begin
    without one."""
    _finder[:] = [finder]


def spoken() -> str:
    """The language in use."""
    if _language.get() is None:
        speak((_finder[0]() if _finder else None) or ENGLISH)
    return _language.get() or ENGLISH


def spoken_locale() -> str:
    """How dates are written in the language in use. English here is not American."""
    return "en_GB" if spoken() == ENGLISH else spoken()


def say_number(number: str) -> str:
    """A decimal text with the decimal sign of the language in use; no digit is touched."""
    return number.replace(".", get_decimal_symbol(spoken_locale()))


def say(text: str, **facts: object) -> str:
    """A text in the language in use; {names} are filled in after translation."""
    translated = _catalogue(spoken()).get(text, text)
    return translated.format(**facts) if facts else translated


def say_kept(kept: str) -> str:
    """Something kept in a record, where it may be a word of a list or whatever somebody typed:
    the first is translated, the second shown as it is."""
    return _catalogue(spoken()).get(kept, kept)


def say_many(one: str, many: str, number: int, **facts: object) -> str:
    """A text that goes with a number, in the plural form the language in use asks for. {number}
    may stand in both."""
    forms = _plural_forms(spoken()).get(one)
    if forms is None:
        text = one if number == 1 else many
    else:
        text = forms[_plural_rule(spoken())(number)]
    return text.format(number=number, **facts)


def say_error(error: MediLinkError, *, treats: bool = True) -> str:
    """What went wrong and what to do next, in the language in use. `treats`: whoever reads it has a
    patient in front of them."""
    facts = {
        name: say(value) if isinstance(value, str) and name == "field" else value
        for name, value in error.facts.items()
    }
    template = error.template_for(treats=treats)
    return _catalogue(spoken()).get(template, template).format(**facts)

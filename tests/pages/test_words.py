"""Every text in every language: none missing, none left over, nothing lost on the way."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from medilink.errors import TooLong
from ui.words import (
    languages,
    read_catalogue,
    say,
    say_error,
    say_many,
    say_number,
    speak,
)
from ui.words.texts import Text, all_texts

OTHERS = sorted(set(languages()) - {"en"})
TEXTS = all_texts()


def forms(language: str, text: Text) -> list[str]:
    """What a language says for a text: one form, or one for each plural of the language."""
    found = read_catalogue(language).get(text.one)
    if found is None:
        return []
    return list(found.string) if isinstance(found.string, (list, tuple)) else [str(found.string)]


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_promised_languages_are_there() -> None:
    assert {"en", "sw", "fr"} <= set(languages())
    assert languages()["sw"] == "Kiswahili"


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_missing(language: str) -> None:
    assert len(TEXTS) > 1_000
    assert [text.one for text in TEXTS if not all(forms(language, text) or [""])] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    said = {text.one for text in TEXTS}
    kept = {
        found.id if isinstance(found.id, str) else found.id[0] for found in read_catalogue(language)
    }
    assert kept - said - {""} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_fact_and_every_command_is_in_the_translation(language: str) -> None:
    for text in TEXTS:
        for form in forms(language, text):
            assert facts(form) == facts(text.one), (text.one, form)
            for command in re.findall(r"python run\.py \w*|keys\.json|ML-7KQ2-94ZD", text.one):
                assert command in form
            assert form == form.strip() or text.one != text.one.strip()


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_with_a_number_has_every_plural_form(language: str) -> None:
    plurals = read_catalogue(language).num_plurals
    for text in TEXTS:
        if text.many:
            assert len(forms(language, text)) == plurals, text.one


def test_what_is_said_is_said_in_the_language() -> None:
    try:
        speak("fr")
        assert say_many("{number} day", "{number} days", 0) == "0 jour"
        assert say_many("{number} day", "{number} days", 2) == "2 jours"
        assert say_number("37.2") == "37,2"
        wrong = TooLong(field="Reason", found=600, limit=500)
        assert "Motif" in say_error(wrong) or "Raison" in say_error(wrong)
        speak("sw")
        assert say_many("{number} year old", "{number} years old", 3) == "umri wa miaka 3"
        assert say_number("37.2") == "37.2"
        speak("xx")
        assert say("Save") == "Save"
    finally:
        speak("en")

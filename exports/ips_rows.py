"""What people read in the sections of an International Patient Summary: a table of what each says,
in the words of the document's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exports.fhir_parts import since
from exports.ips_sections import NOT_ASKED, Chapter
from exports.wording import Wording
from exports.xhtml import narrative, paragraph, table
from medilink.absence import says_none
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Entry,
    Immunization,
    Medication,
    Observation,
    Procedure,
)

# kind → the heads of its columns
_HEAD_WORDS: dict[type, tuple[str, ...]] = {
    Alert: ("Alert", "When"),
    Allergy: ("Substance", "Reaction", "Severity", "State", "How sure", "Since when"),
    Condition: ("Condition", "State", "How sure", "Since when", "Ended"),
    Medication: ("Medicine", "Dose", "How often", "What for", "State", "Since when", "Ended"),
    Observation: ("What", "Value", "Remark", "Usual", "When"),
    Immunization: ("Vaccine", "Dose number", "State", "Why", "Batch number", "When"),
    Procedure: ("What was done", "State", "Outcome", "When"),
}


def chapter_text(chapter: Chapter, words: Wording) -> dict[str, str]:
    """The narrative of a section."""
    if chapter.missing == NOT_ASKED:
        return narrative(paragraph(words.say("Nobody has asked yet.")))
    if chapter.missing:
        return narrative(paragraph(words.say("There is nothing about this in this document.")))
    nothing = [one for one in chapter.entries if says_none(one)]
    rest = [one for one in chapter.entries if not says_none(one)]
    told = [paragraph(f"{_row(one, words)[0]} ({day(one.at)})") for one in nothing]
    if rest:
        head = [words.say(each) for each in _HEAD_WORDS[type(rest[0])]]
        told.append(table(head, [_row(one, words) for one in rest]))
    told += [paragraph(f"{day(at)}: {text}") for at, text in chapter.plan]
    return narrative("".join(told))


def _row(entry: Entry, words: Wording) -> list[str]:
    name, *rest = _ROWS[type(entry)](entry, words)
    return [name if name.strip() else words.say("Not known"), *rest]


def day(at: int) -> str:
    """The day of a moment as FHIR writes it, as exactly as it is known; empty for none."""
    return since(at)[:10]


def _say(words: Wording, kept: str) -> str:
    return words.say_kept(kept) if kept else ""


def _alert(held: Alert, words: Wording) -> list[str]:
    return [_say(words, held.text), day(held.at)]


def _allergy(held: Allergy, words: Wording) -> list[str]:
    said = (held.substance, held.reaction, held.severity, held.status, held.certainty)
    return [*(_say(words, each) for each in said), day(held.at)]


def _condition(held: Condition, words: Wording) -> list[str]:
    ended = day(held.ended_at) if held.ended_at is not None else ""
    said = (held.name, held.status, held.certainty)
    return [*(_say(words, each) for each in said), day(held.at), ended]


def _medicine(held: Medication, words: Wording) -> list[str]:
    ended = day(held.ended_at) if held.ended_at is not None else ""
    said = (held.name, held.dose, held.frequency, held.reason, held.status)
    return [*(_say(words, each) for each in said), day(held.at), ended]


def _measured(held: Observation, words: Wording) -> list[str]:
    value = f"{words.say_number(held.value)} {held.unit}".strip() if held.value else ""
    usual = " – ".join(words.say_number(end) for end in (held.low, held.high) if end)
    remark = _say(words, held.text)
    return [_say(words, held.name), value or remark, remark if value else "", usual, day(held.at)]


def _vaccine(held: Immunization, words: Wording) -> list[str]:
    said = (held.vaccine, held.dose, held.status, held.why, held.lot)
    return [*(_say(words, each) for each in said), day(held.at)]


def _done(held: Procedure, words: Wording) -> list[str]:
    said = (held.name, held.status, held.outcome)
    return [*(_say(words, each) for each in said), day(held.at)]


_ROWS: dict[type, Callable[[Any, Wording], list[str]]] = {
    Alert: _alert,
    Allergy: _allergy,
    Condition: _condition,
    Medication: _medicine,
    Observation: _measured,
    Immunization: _vaccine,
    Procedure: _done,
}

"""Made-up people in two halves of every vocabulary, so that a dictionary made from one half has not
seen a single name, illness, medicine, dose, piece of advice or test of the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from medilink.records import Encounter, Entry, Record

# entry field → what its words are; the same kind of words is halved in the same way everywhere
_KIND_OF = {
    "name": "thing", "reason": "why", "diagnosis": "thing", "treatment": "thing", "notes": "advice",
    "dose": "dose", "substance": "allergy", "reaction": "allergy", "severity": "allergy",
    "text": "text", "kind": "kind", "unit": "unit",
}  # fmt: skip
_BETWEEN = re.compile(r"(; |, new|Temperature [\d.]+ °C\. )")
_LISTED = re.compile(r"(, )")  # treatments: names between commas

Halve = Callable[[str, str], str]


class Halves:
    """Which half each word belongs to, and what stands for it in the other."""

    def __init__(self, people: Iterable[Record]) -> None:
        found: dict[str, set[str]] = {}
        for record in people:
            _rewritten(record, lambda kind, word: found.setdefault(kind, set()).add(word) or word)  # type: ignore[func-returns-value]
        self._other: dict[tuple[str, str, int], str] = {}
        for kind, words in found.items():
            ranked = sorted(words)
            for number, word in enumerate(ranked):
                partner = ranked[number ^ 1] if number ^ 1 < len(ranked) else word[::-1]
                for half in (0, 1):
                    belongs = number % 2 == half
                    self._other[kind, word, half] = word if belongs else partner

    def only(self, record: Record, half: int) -> Record:
        """The record with words of one half only."""
        return _rewritten(record, lambda kind, word: self._other[kind, word, half])


def _rewritten(record: Record, halve: Halve) -> Record:
    who = record.patient.details
    details = replace(
        who,
        given=halve("given", who.given),
        family=halve("family", who.family),
        village=halve("village", who.village),
    )
    return replace(
        record,
        patient=replace(record.patient, details=details),
        alerts=tuple(_entry(one, halve) for one in record.alerts),
        allergies=tuple(_entry(one, halve) for one in record.allergies),
        conditions=tuple(_entry(one, halve) for one in record.conditions),
        medications=tuple(_entry(one, halve) for one in record.medications),
        observations=tuple(_entry(one, halve) for one in record.observations),
        encounters=tuple(_entry(one, halve) for one in record.encounters),
    )


def _entry(entry: Entry, halve: Halve) -> Entry:  # type: ignore[type-var]
    changed = {}
    for field in entry._fields:
        text, kind = getattr(entry, field), _KIND_OF.get(field)
        if kind and isinstance(text, str) and text:
            kind = "thing" if field == "reason" and not isinstance(entry, Encounter) else kind
            parts = (_LISTED if field == "treatment" else _BETWEEN).split(text)
            changed[field] = "".join(_word(part, kind, halve) for part in parts)
    return entry._replace(**changed)


def _word(part: str, kind: str, halve: Halve) -> str:
    known = not part or _BETWEEN.fullmatch(part) or _LISTED.fullmatch(part)
    return part if known else halve(kind, part)

"""Letters of a provider: which parts each kind has, and their first draft.

What is typed by the author begins empty; the rest is drafted from a summary, so nothing stands in a
draft that was not handed out. Every part can be changed before it is signed; an empty one is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exports import letter_parts as parts
from exports.document import LetterPart
from exports.letter_changes import medicines_since_last, since_last
from exports.letter_kinds import HEADING_WORDS, PARTS_OF, TYPED, Part
from exports.letter_page import on_one_page, room_below
from exports.wording import Wording
from medilink.handing_out import Purpose
from medilink.summing_up.summary import Summary

PROBLEMS_ON_ONE_PAGE = 8


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, as the record names them, and where."""

    title: str
    clinic: str


def draft_parts(
    purpose: Purpose, summary: Summary, words: Wording, author: Author
) -> dict[Part, str]:
    """The first draft of every part, in the order of the letter. Paragraphs are lines."""
    told = {part: _drafted(part, purpose, summary, words, author) for part in PARTS_OF[purpose]}
    if purpose is Purpose.SUMMARY:
        warnings = len(summary.alerts) + len(summary.allergies)
        told = on_one_page(told, words, room_below(warnings))
    return {part: "\n".join(lines) for part, lines in told.items()}


def as_letter(
    texts: Mapping[Part, str], purpose: Purpose, words: Wording
) -> tuple[LetterPart, ...]:
    """The parts in their order under their headings; what is empty is left out."""
    return tuple(
        LetterPart(words.say(HEADING_WORDS[part]), texts[part].strip())
        for part in PARTS_OF[purpose]
        if texts.get(part, "").strip()
    )


def draft_letter(
    purpose: Purpose, summary: Summary, words: Wording, author: Author
) -> tuple[LetterPart, ...]:
    """A letter as it is before anybody typed anything."""
    return as_letter(draft_parts(purpose, summary, words, author), purpose, words)


def _drafted(
    part: Part, purpose: Purpose, summary: Summary, words: Wording, author: Author
) -> list[str]:
    if part in TYPED:
        return []
    if part is Part.REPLY:
        return [f"{author.title}, {author.clinic}"]
    told = _DRAFTS[part](words, summary)
    if part is Part.FINDINGS and Part.VISIT not in PARTS_OF[purpose]:
        told = [*_visit(words, summary), *told]
    return told


def _findings(words: Wording, summary: Summary) -> list[str]:
    told = parts.alerts(words, summary)
    if summary.visit is not None:
        told += parts.visit_found(words, summary.visit)
    told += parts.measurements(words, summary)
    told += parts.results(words, summary)
    told += parts.trends(words, summary)
    told += parts.problems(words, summary)
    if summary.before:
        told.append(words.say("Earlier visits:"))
        told += parts.visits_before(words, summary.before)
    return told


def _done(words: Wording, summary: Summary) -> list[str]:
    told = parts.visit_done(words, summary.visit) if summary.visit else []
    return told + parts.done_lately(words, summary)


def _opinion(_: Wording, summary: Summary) -> list[str]:
    found = summary.visit.diagnosis.strip() if summary.visit else ""
    return [found] if found else []


def _advice(words: Wording, summary: Summary) -> list[str]:
    told = parts.visit_done(words, summary.visit) if summary.visit else []
    return told + parts.follow_up(words, summary)


def _medicines(words: Wording, summary: Summary) -> list[str]:
    return [
        *parts.medicines(words, summary),
        *medicines_since_last(words, summary),
        *parts.allergies(words, summary),
    ]


def _visit(words: Wording, summary: Summary) -> list[str]:
    return [parts.visit_opening(words, summary.visit)] if summary.visit else []


def _problems(words: Wording, summary: Summary) -> list[str]:
    return [
        *parts.alerts(words, summary),
        *parts.allergies(words, summary),
        *parts.problems(words, summary, PROBLEMS_ON_ONE_PAGE),
        *parts.medicines(words, summary),
    ]


def _measurements(words: Wording, summary: Summary) -> list[str]:
    return [*parts.trends(words, summary), *parts.measurements(words, summary)]


def _visits(words: Wording, summary: Summary) -> list[str]:
    present = [summary.visit] if summary.visit else []
    return parts.visits_before(words, [*present, *summary.before])


def _planned(words: Wording, summary: Summary) -> list[str]:
    return [*parts.follow_up(words, summary), *parts.vaccines_due(words, summary)]


_DRAFTS: dict[Part, Callable[[Wording, Summary], list[str]]] = {
    Part.FINDINGS: _findings,
    Part.DONE: _done,
    Part.OPINION: _opinion,
    Part.ADVICE: _advice,
    Part.MEDICINES: _medicines,
    Part.VISIT: _visit,
    Part.FOLLOW_UP: _planned,
    Part.PROBLEMS: _problems,
    Part.MEASUREMENTS: _measurements,
    Part.RESULTS: parts.results,
    Part.NEW: since_last,
    Part.VISITS: _visits,
    Part.PLANNED: _planned,
    Part.LIMITS: parts.limits,
}

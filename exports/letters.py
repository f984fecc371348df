"""Letters of a provider: which parts each kind has, and their first draft.

What is typed by the author begins empty; the rest is drafted from a summary, so nothing stands in a
draft that was not handed out. Every part can be changed before it is signed; an empty one is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from exports import letter_parts as parts
from exports.document import LetterPart
from exports.wording import Wording
from medilink.handing_out import Purpose
from medilink.summing_up.summary import Summary

ONE_PAGE_LINES = 44  # of A4 below the person and above the signature, headings included
LINE_LETTERS = 100
FEWEST_LINES_OF_A_PART = 2
PROBLEMS_ON_ONE_PAGE = 8


class Urgency(StrEnum):
    """How soon the patient is to be seen."""

    TODAY = "today"
    SOON = "soon"
    ROUTINE = "routine"


URGENCY_WORDS = {
    Urgency.TODAY: "Urgent: please see the patient today.",
    Urgency.SOON: "Please see the patient within two weeks.",
    Urgency.ROUTINE: "Not urgent: please see the patient when there is a place.",
}


class Part(StrEnum):
    """A part of a letter; the value is its place in a kept draft: never rename one."""

    TO = "to"
    REASON = "reason"
    QUESTION = "question"
    URGENCY = "urgency"
    ASKED = "asked"
    VISIT = "visit"
    FINDINGS = "findings"
    DONE = "done"
    OPINION = "opinion"
    ADVICE = "advice"
    CONDITION = "condition"
    MEDICINES = "medicines"
    FOLLOW_UP = "follow-up"
    WARNING = "warning"
    PROBLEMS = "problems"
    MEASUREMENTS = "measurements"
    RESULTS = "results"
    NEW = "new"
    VISITS = "visits"
    PLANNED = "planned"
    LIMITS = "limits"
    REPLY = "reply"


HEADING_WORDS = {
    Part.TO: "To",
    Part.REASON: "Reason for referral",
    Part.QUESTION: "What we ask of you",
    Part.URGENCY: "How urgent",
    Part.ASKED: "What was asked",
    Part.VISIT: "The visit",
    Part.FINDINGS: "Findings",
    Part.DONE: "What was done so far",
    Part.OPINION: "Opinion",
    Part.ADVICE: "Advice",
    Part.CONDITION: "Condition at discharge",
    Part.MEDICINES: "Medicines and allergies",
    Part.FOLLOW_UP: "Follow-up",
    Part.WARNING: "Come back at once if",
    Part.PROBLEMS: "Problems, medicines, allergies",
    Part.MEASUREMENTS: "Measurements",
    Part.RESULTS: "Test results",
    Part.NEW: "What is new",
    Part.VISITS: "Recent visits",
    Part.PLANNED: "What is planned",
    Part.LIMITS: "What this letter says nothing of",
    Part.REPLY: "Please reply to",
}
PARTS_OF: dict[Purpose, tuple[Part, ...]] = {
    Purpose.REFERRAL: (
        Part.TO, Part.REASON, Part.QUESTION, Part.URGENCY, Part.FINDINGS, Part.DONE,
        Part.MEDICINES, Part.LIMITS, Part.REPLY,
    ),
    Purpose.CONSULTATION: (
        Part.TO, Part.ASKED, Part.FINDINGS, Part.OPINION, Part.ADVICE, Part.MEDICINES,
        Part.LIMITS, Part.REPLY,
    ),
    Purpose.DISCHARGE: (
        Part.TO, Part.VISIT, Part.FINDINGS, Part.DONE, Part.CONDITION, Part.MEDICINES,
        Part.FOLLOW_UP, Part.WARNING, Part.LIMITS, Part.REPLY,
    ),
    Purpose.SUMMARY: (
        Part.PROBLEMS, Part.NEW, Part.MEASUREMENTS, Part.RESULTS, Part.VISITS, Part.PLANNED,
        Part.LIMITS,
    ),
}  # fmt: skip
# What only the author can say: it begins empty and stands first on the page.
TYPED = frozenset(
    {Part.TO, Part.REASON, Part.QUESTION, Part.URGENCY, Part.ASKED, Part.CONDITION, Part.WARNING}
)
# Said whether the author likes it or not: silence must not read as "there is none".
FIXED = frozenset({Part.LIMITS})
# Without these a letter says nothing to whoever gets it.
NEEDED = {
    Purpose.REFERRAL: (Part.TO, Part.REASON),
    Purpose.CONSULTATION: (Part.TO,),
    Purpose.DISCHARGE: (),
    Purpose.SUMMARY: (),
}


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
        told = on_one_page(told, words)
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
        *parts.medicines_since_last(words, summary),
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
    Part.NEW: parts.since_last,
    Part.VISITS: _visits,
    Part.PLANNED: _planned,
    Part.LIMITS: parts.limits,
}


# ---- one page


def on_one_page(told: Mapping[Part, list[str]], words: Wording) -> dict[Part, list[str]]:
    """The same without the last paragraphs of the longest parts, until it fits; never of problems,
    medicines and allergies. What was left out is counted."""
    kept = {part: list(lines) for part, lines in told.items()}
    left: dict[Part, int] = dict.fromkeys(kept, 0)
    while lines_of(kept) + sum(map(bool, left.values())) > ONE_PAGE_LINES:
        longest = max(kept, key=lambda part: _may_lose(part, kept[part]))
        if not _may_lose(longest, kept[longest]):
            break
        kept[longest].pop()
        left[longest] += 1
    for part, number in left.items():
        if number:
            kept[part].append(
                words.say_many("{number} more in the record", "{number} more in the record", number)
            )
    return kept


def _may_lose(part: Part, lines: list[str]) -> int:
    """How many lines a part has beyond those it keeps."""
    if part in (Part.PROBLEMS, Part.LIMITS):
        return 0
    return max(sum(map(_height, lines)) - FEWEST_LINES_OF_A_PART, 0) if len(lines) > 1 else 0


def lines_of(told: Mapping[Part, list[str]]) -> int:
    """How many lines of a page all this takes."""
    return sum(1 + sum(map(_height, lines)) for lines in told.values() if lines)


def _height(paragraph: str) -> int:
    return -(-len(paragraph) // LINE_LETTERS)

"""What a summary says, paragraph by paragraph: the parts of letters that are not typed.

Whole sentences and labelled lists, never fragments put together: every language orders them its own
way. A section that is not there is not spoken of here; `limits` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from exports.letter_words import (
    MOST_NAMED,
    REASON_LENGTH,
    allergy_words,
    clipped,
    day_words,
    due_words,
    figure_words,
    listed_words,
    measured_words,
    medicine_words,
    problem_words,
    trend_words,
)
from exports.wording import Wording
from medilink.absence import ABSENCE_WORDS, Knowledge
from medilink.choices import SECTION_WORDS
from medilink.periods import day_here
from medilink.records import Encounter, Section
from medilink.summing_up.summary import Summary

NOTE_LENGTH = 600  # letters of one note of a visit: a letter is read in two minutes
MOST_TRENDS = 6
NOTHING_WORDS = {
    Section.ALLERGIES: "No allergies are written in what the author saw. There may be some.",
    Section.CONDITIONS: "No problems are written in what the author saw.",
    Section.MEDICATIONS: "No medicines are written in what the author saw.",
}


def alerts(words: Wording, summary: Summary) -> list[str]:
    """Warnings, each for itself."""
    return [
        words.say("Alert: {what}", what=clipped(alert.text, NOTE_LENGTH))
        for alert in summary.alerts
    ]


def allergies(words: Wording, summary: Summary) -> list[str]:
    """All of them, or that there are none, or that nothing is known."""
    if nothing := _nothing(words, summary, Section.ALLERGIES):
        return nothing
    found = [allergy_words(words, one) for one in summary.allergies]
    return [words.say("Allergies: {list}", list="; ".join(found))] if found else []


def problems(words: Wording, summary: Summary, most: int = MOST_NAMED) -> list[str]:
    """Open problems."""
    if nothing := _nothing(words, summary, Section.CONDITIONS):
        return nothing
    found = [problem_words(words, one) for one in summary.problems]
    told = listed_words(words, found, most)
    return [words.say("Open problems: {list}", list=told)] if found else []


def medicines(words: Wording, summary: Summary) -> list[str]:
    """What is taken today: all of it."""
    if nothing := _nothing(words, summary, Section.MEDICATIONS):
        return nothing
    found = [medicine_words(words, one) for one in summary.medicines]
    return [words.say("Takes now: {list}", list="; ".join(found))] if found else []


def _nothing(words: Wording, summary: Summary, section: Section) -> list[str]:
    if not summary.has(section):
        return []
    known = summary.known(section)
    if known is Knowledge.NONE_KNOWN:
        return [words.say(ABSENCE_WORDS[section][1])]
    return [words.say(NOTHING_WORDS[section])] if known is Knowledge.NOT_ASKED else []


# ---- visits


def visit_opening(words: Wording, visit: Encounter) -> str:
    """When, of which kind, what for."""
    day, kind = day_words(words, visit.at), words.say_kept(visit.kind)
    if not visit.reason:
        return words.say("Visit on {day}: {kind}", day=day, kind=kind)
    reason = clipped(visit.reason, NOTE_LENGTH)
    return words.say("Visit on {day}, {kind}: {reason}", day=day, kind=kind, reason=reason)


NOTE_LABEL_WORDS = {
    "history": "History: {note}",
    "examination": "Examination: {note}",
    "diagnosis": "Diagnosis: {note}",
    "notes": "Notes: {note}",
    "treatment": "Treatment: {note}",
    "plan": "Plan: {note}",
}


def visit_found(words: Wording, visit: Encounter) -> list[str]:
    """What was told and seen, and what it was taken for."""
    return _notes(words, visit, ("history", "examination", "diagnosis", "notes"))


def visit_done(words: Wording, visit: Encounter) -> list[str]:
    """What was given and planned."""
    return _notes(words, visit, ("treatment", "plan"))


def _notes(words: Wording, visit: Encounter, names: Sequence[str]) -> list[str]:
    notes = ((name, "; ".join(str(getattr(visit, name)).splitlines())) for name in names)
    return [
        words.say(NOTE_LABEL_WORDS[name], note=clipped(note, NOTE_LENGTH))
        for name, note in notes
        if note.strip()
    ]


def visits_before(words: Wording, visits: Sequence[Encounter]) -> list[str]:
    """Earlier visits, a line each."""
    return [_visit_line(words, visit) for visit in visits]


def _visit_line(words: Wording, visit: Encounter) -> str:
    facts = {
        "day": day_words(words, visit.at),
        "reason": clipped(visit.reason or words.say_kept(visit.kind), REASON_LENGTH),
        "diagnosis": clipped("; ".join(visit.diagnosis.split("\n")), REASON_LENGTH),
    }
    if facts["diagnosis"]:
        return words.say("{day}: {reason}. Diagnosis: {diagnosis}", **facts)
    return words.say("{day}: {reason}", **facts)


# ---- values


def measurements(words: Wording, summary: Summary) -> list[str]:
    """The newest of each, day by day, newest day first."""
    if not summary.has(Section.VITALS):
        return []
    by_day = sorted(summary.figures, key=lambda one: day_here(one.seen.at), reverse=True)
    told = []
    for _, group in groupby(by_day, key=lambda one: day_here(one.seen.at)):
        of_day = list(group)
        values = measured_words(words, of_day, with_day=False)
        day = day_words(words, of_day[0].seen.at)
        told.append(words.say("Measured on {day}: {list}", day=day, list="; ".join(values)))
    return told


def trends(words: Wording, summary: Summary, most: int = MOST_TRENDS) -> list[str]:
    """A sentence each, what moves first."""
    return [trend_words(words, one) for one in summary.trends[:most]]


def results(words: Wording, summary: Summary, most: int = MOST_NAMED) -> list[str]:
    """What is outside its range, or was found."""
    found = [figure_words(words, one, with_day=True) for one in summary.results]
    if not found:
        return []
    told = listed_words(words, found, most)
    return [words.say("Test results that are not as usual: {list}", list=told)]


def done_lately(words: Wording, summary: Summary) -> list[str]:
    """Procedures of the last year."""
    found = [
        words.say(
            "{what} on {day}", what=clipped(one.name, REASON_LENGTH), day=day_words(words, one.at)
        )
        for one in summary.procedures
    ]
    if not found:
        return []
    return [words.say("Done: {list}", list=listed_words(words, found, MOST_NAMED))]


# ---- what is to come


def vaccines_due(words: Wording, summary: Summary) -> list[str]:
    """For children, by the schedule."""
    found = [due_words(words, due) for due in summary.vaccines_due]
    if not found:
        return []
    return [words.say("Vaccines due: {list}", list=listed_words(words, found, MOST_NAMED))]


def follow_up(words: Wording, summary: Summary) -> list[str]:
    """When and why to come again, as it was typed."""
    visit = summary.follow_up
    if visit is None:
        return []
    planned = clipped(visit.follow_up, NOTE_LENGTH)
    day = day_words(words, visit.at)
    return [words.say("Planned on {day}: {what}", day=day, what=planned)]


def limits(words: Wording, summary: Summary) -> list[str]:
    """What the document does not speak of, and why."""
    told = []
    if summary.not_seen:
        told.append(
            words.say("Not seen by the author: {list}", list=_sections(words, summary.not_seen))
        )
    if summary.left_out:
        told.append(
            words.say("Left out by the author: {list}", list=_sections(words, summary.left_out))
        )
    return told


def _sections(words: Wording, sections: Iterable[Section]) -> str:
    return ", ".join(words.say(SECTION_WORDS[section]) for section in sections)

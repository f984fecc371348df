"""What is new since a visit, as sentences of a letter."""

from __future__ import annotations

from collections.abc import Sequence

from exports.letter_words import (
    MOST_NAMED,
    REASON_LENGTH,
    allergy_words,
    clipped,
    day_words,
    figure_words,
    listed_words,
    medicine_words,
    problem_words,
    vaccine_words,
)
from exports.wording import Wording
from medilink.records import Medication
from medilink.summing_up.changes import Changes, goes_on
from medilink.summing_up.figures import UNUSUAL
from medilink.summing_up.summary import Summary


def since_last(words: Wording, summary: Summary) -> list[str]:
    """What is new since the visit before this one."""
    new = summary.changes
    if new is None:
        return []
    day = day_words(words, new.since.at)
    told = [*_new_entries(words, new), *medicine_changes(words, new)]
    if not told:
        return [words.say("Nothing new was seen since the visit on {day}.", day=day)]
    return [words.say("New since the visit on {day}:", day=day), *told]


def _new_entries(words: Wording, new: Changes) -> list[str]:
    say_many, told = words.say_many, list[str]()

    def named(found: Sequence[str]) -> str:
        return listed_words(words, found, MOST_NAMED)

    if found := [problem_words(words, one) for one in new.problems]:
        told.append(
            say_many("New problem: {list}", "New problems: {list}", len(found), list=named(found))
        )
    if found := [clipped(one.name, REASON_LENGTH) for one in new.ended]:
        told.append(words.say("No longer a problem: {list}", list=named(found)))
    if found := [allergy_words(words, one) for one in new.allergies]:
        told.append(
            say_many("New allergy: {list}", "New allergies: {list}", len(found), list=named(found))
        )
    if found := _new_results(words, new):
        told.append(
            say_many("New result: {list}", "New results: {list}", len(found), list=named(found))
        )
    if found := [vaccine_words(words, one) for one in new.vaccines]:
        told.append(
            say_many(
                "Vaccine given: {list}", "Vaccines given: {list}", len(found), list=named(found)
            )
        )
    if found := [clipped(one.name, REASON_LENGTH) for one in new.procedures]:
        told.append(words.say("Done: {list}", list=named(found)))
    return told


def _new_results(words: Wording, new: Changes) -> list[str]:
    """What is not as usual first."""
    grave = sorted(new.results, key=lambda one: one.judged not in UNUSUAL)
    return [figure_words(words, one, with_day=False) for one in grave]


def medicines_since_last(words: Wording, summary: Summary) -> list[str]:
    """What changed of the medicines since the visit before this one."""
    changes = summary.changes
    told = medicine_changes(words, changes) if changes else []
    if changes is None or not told:
        return []
    day = day_words(words, changes.since.at)
    return [words.say("Changed since the visit on {day}:", day=day), *told]


def medicine_changes(words: Wording, new: Changes) -> list[str]:
    """What was started, stopped and changed, and why where somebody wrote it down."""
    told = []
    if found := [medicine_words(words, one) for one in new.started]:
        told.append(
            words.say_many(
                "Medicine started: {list}",
                "Medicines started: {list}",
                len(found),
                list="; ".join(found),
            )
        )
    told += [_stopped(words, one) for one in new.stopped]
    told += [
        words.say(
            "Changed: {before} is now {after}",
            before=medicine_words(words, pair.before),
            after=medicine_words(words, pair.after),
        )
        for pair in new.switched
        if not goes_on(pair)
    ]
    return told


def _stopped(words: Wording, medicine: Medication) -> str:
    what = medicine_words(words, medicine)
    if not medicine.why:
        return words.say("Stopped: {what}", what=what)
    reason = clipped(medicine.why, REASON_LENGTH)
    return words.say("Stopped: {what}. Reason: {reason}", what=what, reason=reason)

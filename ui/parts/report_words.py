"""A compliance report in plain words, in the reader's language: what its paper and table say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from exports.report_paper import Section
from medilink.acts.emergency import Verdict
from medilink.compliance import CODE, SIGN_IN, UNLOCK, Integrity, Report, Tally, total
from medilink.credentials import STANDING_WORDS
from ui.parts.log_words import ACT_WORDS, OUTCOME_WORDS, RIGHT_WORDS, ROLE_WORDS
from ui.parts.person import day, moment, plain_day
from ui.parts.verdict_words import verdict_sentence
from ui.words import say, say_kept

FAILURE_WORDS = {
    SIGN_IN: "Signing in",
    CODE: "Code of a patient",
    UNLOCK: "Unlocking the store",
}
REVIEW_WORDS = {Verdict.JUSTIFIED: "justified", Verdict.NOT_JUSTIFIED: "not justified"}


def report_title(report: Report) -> str:
    """What the report is, and about which days."""
    return say(
        "Report of {clinic}, {first} to {last}",
        clinic=report.clinic,
        first=plain_day(date.fromisoformat(report.first)),
        last=plain_day(date.fromisoformat(report.last)),
    )


def report_facts(report: Report) -> list[str]:
    """Who made it and when; what it is counted from."""
    counts = report.counts
    lines = [
        say(
            "Made by {who}, {moment}.", who=say_kept(report.made_by), moment=moment(report.made_at)
        ),
        say(
            "Counted from {entries} entries of the log. It names no patient.",
            entries=counts.entries,
        ),
    ]
    if counts.doubted:
        lines.append(
            say(
                "{number} of them were written while the clock was in doubt.", number=counts.doubted
            )
        )
    return lines


def report_sections(report: Report) -> list[Section]:
    """Every part, also those where nothing happened: a report that leaves one out says less."""
    counts = report.counts
    by_right = (say("Role"), say("By which right"))
    return [
        _integrity(report.integrity),
        _table(say("What happened"), (say("Outcome"),), counts.outcomes, _outcome),
        _table(
            say("Records opened, by role and right"),
            by_right,
            counts.access,
            _role_and_right,
            say("Different records that were opened: {number}.", number=counts.records),
        ),
        _table(say("Opening a record refused"), by_right, counts.refused, _role_and_right),
        _table(
            say("Files and papers handed out"),
            (say("What"), say("Role")),
            counts.exports,
            _act_and_role,
        ),
        _table(
            say("Failed attempts, by account"),
            (say("What"), say("Role"), say("Who")),
            counts.failed,
            _failure,
        ),
        _table(
            say("Failed attempts, by day"),
            (say("Day"), say("What")),
            counts.failed_days,
            _failed_day,
        ),
        _emergencies(report),
        _table(
            say("Licences of those who treat patients"),
            (say("State when this report was made"),),
            report.credentials,
            lambda words: (_said(STANDING_WORDS, words[0]),),
        ),
        Section(say("Backups"), backup_words(report)),
        _table(
            say("Reading and keeping the log itself"),
            (say("What"), say("Role")),
            counts.looking_back,
            _act_and_role,
        ),
    ]


def _emergencies(report: Report) -> Section:
    note = say(
        "Opened in this time: {opened}. Waiting for a review when this report was made: {waiting}.",
        opened=report.counts.openings,
        waiting=report.waiting,
    )
    return _table(
        say("Records opened in an emergency"),
        (say("Reviewed in this time"),),
        report.counts.reviews,
        lambda words: (_said(REVIEW_WORDS, words[0]),),
        note,
    )


def csv_rows(report: Report) -> list[Sequence[object]]:
    """The same as rows: part, what it says, its tables."""
    rows: list[Sequence[object]] = [(report_title(report),)]
    rows += [(fact,) for fact in report_facts(report)]
    for section in report_sections(report):
        rows += [(section.title, line) for line in (section.note,) if line]
        rows += [(section.title, *cells) for cells in (section.head, *section.rows) if cells]
    return rows


def backup_words(report: Report) -> str:
    """What is known of backups."""
    if report.backups is None:
        return say("No backup has been made yet. Make one: python run.py backup --to FOLDER")
    newest, tried = report.backups.newest, report.backups.tried
    return say(
        "{made} backups, the newest of {newest}. Restoring was tried last: {tried}.",
        made=report.backups.made,
        newest=moment(newest),
        tried=moment(tried) if tried else say("never"),
    )


def _integrity(found: Integrity) -> Section:
    verdict = verdict_sentence(found.checked, found.broken_at, found.why)
    head = say("Head of the log, to be compared later: {line}.", line=found.line)
    parts = tuple(
        (f"{part.first}–{part.last}", day(part.since), day(part.until), str(part.erased))
        for part in found.parts
    )
    columns = (say("Archived entries"), say("From"), say("To"), say("Details erased"))
    return Section(say("Is the log whole?"), f"{verdict} {head}", columns if parts else (), parts)


Words = Callable[[tuple[str, ...]], tuple[str, ...]]


def _table(
    title: str, columns: tuple[str, ...], table: Tally, words: Words, note: str = ""
) -> Section:
    """A table with its sum; where there is nothing to count, that is said."""
    if not table:
        return Section(title, note or say("None."))
    rows = tuple((*words(keys), str(count)) for keys, count in table)
    whole = (say("All together"), *[""] * (len(columns) - 1), str(total(table)))
    return Section(title, note, (*columns, say("Number")), (*rows, whole))


def _outcome(words: tuple[str, ...]) -> tuple[str, ...]:
    return (_said(OUTCOME_WORDS, words[0]),)


def _role_and_right(words: tuple[str, ...]) -> tuple[str, ...]:
    role, method = words
    return _role(role), _said(RIGHT_WORDS, method)


def _act_and_role(words: tuple[str, ...]) -> tuple[str, ...]:
    act, role = words
    return _said(ACT_WORDS, act), _role(role)


def _failure(words: tuple[str, ...]) -> tuple[str, ...]:
    kind, role, account, name = words
    if not account:
        who = say("no known account")
    else:
        who = say_kept(name) or say("account {number}", number=account)
    return _said(FAILURE_WORDS, kind), _role(role), who


def _failed_day(words: tuple[str, ...]) -> tuple[str, ...]:
    when, kind = words
    return plain_day(date.fromisoformat(when)), _said(FAILURE_WORDS, kind)


def _role(role: str) -> str:
    return _said(ROLE_WORDS, role) if role else say("nobody signed in")


def _said(table: Mapping[Any, str], word: str) -> str:
    """A kept word in the reader's language; as it is kept where this MediLink does not know it."""
    return say(table[word]) if word in table else word or "–"

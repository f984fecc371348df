"""One entry of the clinic's log with everything that is recorded about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any

from medilink.acts.look_back import named_patients
from medilink.audit import AuditEntry, Outcome
from medilink.desk import Desk
from medilink.people import PatientId
from ui.parts.chart import section_list
from ui.parts.log_words import (
    OUTCOME_WORDS,
    REFUSAL_WORDS,
    RIGHT_WORDS,
    ROLE_WORDS,
    act_words,
    entry_words,
)
from ui.parts.person import instant, moment
from ui.words import say, say_kept

NAMED_AT_ONCE = 1_000
Names = dict[PatientId, str]


def fact_names() -> list[str]:
    """What everything that is recorded about an entry is called, in order."""
    return [
        say("Entry"),
        say("Time (UTC)"),
        say("Clock in doubt"),
        say("Who"),
        say("Account number"),
        say("Role"),
        say("What"),
        say("Outcome"),
        say("Reason"),
        say("Patient"),
        say("By which right"),
        say("Parts of the record"),
        say("Clinic's mark"),
        say("Network address"),
        say("Browser"),
        say("Session"),
        say("Further"),
    ]


def fact_values(entry: AuditEntry, names: Names) -> list[str]:
    """Everything that is recorded about an entry, in the order of `fact_names`; empty where
    nothing is."""
    doubted = say("yes, it could not be believed") if entry.extra.get("doubted") else say("no")
    further = (f"{key}: {value}" for key, value in entry.extra.items() if key != "doubted")
    return [
        str(entry.seq),
        f"{instant(entry.at):%Y-%m-%d %H:%M:%S}",
        doubted,
        _who(entry),
        "" if entry.account is None else str(entry.account),
        _word(ROLE_WORDS, entry.actor_role),
        act_words(entry),
        _word(OUTCOME_WORDS, entry.outcome),
        _reason(entry),
        names.get(entry.patient, str(entry.patient)) if entry.patient is not None else "",
        _word(RIGHT_WORDS, entry.method),
        section_list(entry.sections) if entry.sections else "",
        entry.node,
        entry.ip,
        entry.agent,
        entry.session,
        ", ".join(further),
    ]


def entry_with_facts(entry: AuditEntry, names: Names) -> str:
    """One entry as a list item that unfolds."""
    kind = "refused" if entry.outcome == Outcome.REFUSED else ""
    about = [moment(entry.at), f"#{entry.seq}"]
    if entry.patient is not None:
        about.append(names.get(entry.patient, str(entry.patient)))
    rows = "".join(
        f'<dt>{escape(what)}</dt><dd dir="auto">{escape(said)}</dd>'
        for what, said in zip(fact_names(), fact_values(entry, names), strict=True)
        if said
    )
    return (
        f'<li class="{kind}"><details><summary><time>{escape(" · ".join(about))}</time>'
        f'<span dir="auto">{escape(entry_words(entry, own=False))}</span></summary>'
        f"<dl>{rows}</dl></details></li>"
    )


def table_rows(desk: Desk, entries: Iterable[AuditEntry]) -> Iterator[Sequence[str]]:
    """The same as rows under a head, one by one however many there are."""
    yield fact_names()
    rest = iter(entries)
    while some := list(islice(rest, NAMED_AT_ONCE)):
        names = named_patients(desk, some)
        for entry in some:
            yield fact_values(entry, names)


def _who(entry: AuditEntry) -> str:
    if entry.actor_name:
        return say_kept(entry.actor_name)
    if not entry.node:  # every entry says at which clinic, until its personal details are erased
        return say("erased")
    return say("Somebody not signed in")


def _reason(entry: AuditEntry) -> str:
    if entry.outcome == Outcome.REFUSED:
        return say(REFUSAL_WORDS.get(entry.why, "not allowed"))
    return say_kept(entry.why) if entry.why else ""


def _word(table: Mapping[Any, str], word: str) -> str:
    return say(table[word]) if word in table else word

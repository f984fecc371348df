"""Who looked at my record, in words for the person it is about: who, where, how and what."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from babel.lists import format_list

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.choices import SECTION_WORDS
from medilink.handing_out import PURPOSE_WORDS, Purpose
from medilink.looking import is_emergency
from medilink.people import Role
from medilink.records import ALL_SECTIONS
from ui.parts.chart import section_list
from ui.parts.log_words import REFUSAL_WORDS, act_words
from ui.parts.person import clock_time, long_day, moment
from ui.words import say, say_kept, spoken_locale

# By which right, said to whoever gave it.
MY_METHOD_WORDS = {
    Method.CODE: "with your code",
    Method.QR: "with your QR code",
    Method.STANDING: "with your standing permission",
    Method.CARE: "for care",
    Method.EMERGENCY: "in an emergency",
    Method.GUARDIAN: "as guardian",
    Method.COMMAND: "from the command line",
    Method.CLINIC: "with all records of the clinic",
}
TRIED_WORDS = {
    Act.OPEN_RECORD: "tried to open the record",
    Act.OPEN_IDENTITY: "tried to see name and address",
    Act.OPEN_DOCUMENT: "tried to open a document",
    Act.WRITE_RECORD: "tried to write in the record",
    Act.BRING_BACK: "tried to bring entries back from a backup",
    Act.BREAK_GLASS: "tried to open the record in an emergency",
    Act.REDEEM: "tried to use a code",
    Act.EXPORT: "tried to take the record along",
    Act.READ_LOG: "tried to read this list",
    Act.CHECK_DOCUMENT: "checked a document",
}
_WITH_CLINIC = frozenset({Role.PROVIDER, Role.ADMIN})


def by_day(entries: Sequence[AuditEntry]) -> list[tuple[str, list[AuditEntry]]]:
    """Entries under the names of their days, in the order they came."""
    return [(day, list(some)) for day, some in groupby(entries, lambda one: long_day(one.at))]


def who_words(entry: AuditEntry, *, own: bool) -> str:
    """Whose doing it was."""
    if own:
        return say("You")
    if entry.actor_name:
        return say_kept(entry.actor_name)
    if entry.account is not None:
        return say("Somebody whose name is no longer kept")
    return say("Somebody not signed in")


def where_words(entry: AuditEntry, clinic: str) -> str:
    """At which clinic, where the name does not say it already. `clinic`: what this one is called.
    Patients and guardians are at none."""
    elsewhere = "clinic" in entry.extra
    return clinic if entry.actor_role in _WITH_CLINIC and not elsewhere else ""


def what_words(entry: AuditEntry) -> str:
    """What was done or tried, with which parts."""
    if entry.outcome == Outcome.REFUSED:
        tried = TRIED_WORDS.get(Act(entry.act)) if entry.act in set(Act) else None
        return say(tried) if tried else say("tried: {what}", what=act_words(entry))
    if entry.act == Act.OPEN_RECORD and "backup" in entry.extra:
        return act_words(entry)
    if entry.act in (Act.OPEN_RECORD, Act.OPENED_ELSEWHERE) and entry.sections:
        return say("opened {what}", what=parts_words(entry.sections))
    return act_words(entry)


def parts_words(sections: Sequence[str]) -> str:
    """Parts of a record within a sentence: `allergies and medicines`."""
    if ALL_SECTIONS <= set(sections):
        return say("the whole record")
    named = [say(word).lower() for part, word in SECTION_WORDS.items() if part in sections]
    return str(format_list(named, locale=spoken_locale()))


def how_words(entry: AuditEntry, *, own: bool) -> str:
    """By which right."""
    if entry.act == Act.OPENED_ELSEWHERE:
        return say("with your code")
    method = MY_METHOD_WORDS.get(Method(entry.method)) if entry.method in set(Method) else None
    return say(method) if method and not own else ""


def why_words(entry: AuditEntry) -> str:
    """Why it was refused, or the reason that was given."""
    if entry.outcome == Outcome.REFUSED:
        return say("refused: {why}", why=say(REFUSAL_WORDS.get(entry.why, "not allowed")))
    return say("reason: {reason}", reason=say_kept(entry.why)) if entry.why else ""


def mark_words(entry: AuditEntry) -> str:
    """What stands out, as a word: colour alone says nothing to many."""
    marks = [say("Emergency")] if is_emergency(entry) else []
    if entry.outcome == Outcome.REFUSED:
        marks.append(say("Refused"))
    return " · ".join(marks)


def told_words(entry: AuditEntry, *, own: bool, clinic: str) -> str:
    """One entry as a sentence."""
    did = f"{what_words(entry)} {how_words(entry, own=own)}".strip()
    who, where = who_words(entry, own=own), where_words(entry, clinic)
    told = say("{who}, {clinic}, {did}", who=who, clinic=where, did=did)
    if own or not where:
        told = f"{who} {did}"
    parts = [told, *_more(entry), why_words(entry)]
    return " · ".join(part for part in parts if part)


def _more(entry: AuditEntry) -> list[str]:
    said = []
    if entry.sections and entry.act not in (Act.OPEN_RECORD, Act.OPENED_ELSEWHERE):
        whole = set(entry.sections) >= ALL_SECTIONS
        said.append(say("the whole record") if whole else section_list(entry.sections))
    if (opened := entry.extra.get("opened", "")).isdecimal():
        said.append(say("it was opened there {moment}", moment=moment(int(opened))))
    if entry.act == Act.EXPORT and entry.extra.get("purpose") in set(Purpose):
        said.append(say(PURPOSE_WORDS[Purpose(entry.extra["purpose"])]))
        said.append(entry.extra.get("form", "").rpartition(": ")[2])
    if "doubted" in entry.extra:
        said.append(say("the clock was in doubt"))
    return said


def told_html(entry: AuditEntry, *, own: bool, clinic: str) -> str:
    """One entry as a list of one: its time, what stands out, the sentence."""
    refused = entry.outcome == Outcome.REFUSED
    kinds = (("refused", refused), ("emergency", is_emergency(entry)), ("mine", own))
    kind = next((name for name, is_so in kinds if is_so), "")
    mark = mark_words(entry)
    marked = f"<b>{escape(mark)}</b>" if mark else ""
    sentence = escape(told_words(entry, own=own, clinic=clinic))
    return (
        f'<ul class="ml-log"><li class="{kind}"><time>{clock_time(entry.at)}</time>{marked}'
        f'<span dir="auto">{sentence}</span></li></ul>'
    )

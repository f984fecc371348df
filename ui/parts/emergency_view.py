"""What matters in an emergency, on one screen: alerts, allergies, conditions, medicines, blood
type, whom to call."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.absence import Knowledge, knowledge_of, listed
from medilink.choices import SECTION_WORDS
from medilink.records import Entry, Record, Section
from ui.parts.chart import SECTION_ICONS, entry_words
from ui.words import say

NONE_WORDS = {
    Section.ALLERGIES: "No known allergies",
    Section.CONDITIONS: "No known conditions",
    Section.MEDICATIONS: "Takes no medicines",
}


def show_emergency(record: Record) -> None:
    """Big and calm, worst first. A section that was not shared says so."""
    for alert in record.alerts:
        if alert.status == "active":
            st.html(f'<div class="ml-alert" role="alert" dir="auto">{escape(alert.text)}</div>')
    for section in NONE_WORDS:
        _block(section, _lines(record, section))
    blood = record.profile.blood if record.profile else ""
    shared = Section.PERSON in record.sections
    _block(Section.PERSON, [blood or say("not known")] if shared else None, say("Blood type"))
    _block(Section.CONTACTS, _contacts(record))


def _lines(record: Record, section: Section) -> list[str] | None:
    """What stands in a section; None where it may not be seen."""
    if section not in record.sections:
        return None
    known = knowledge_of(record, section)
    if known is Knowledge.NONE_KNOWN:
        return [say(NONE_WORDS[section])]
    if known is Knowledge.NOT_ASKED:
        return [say("Nobody has asked yet.")]
    return [entry_words(entry) for entry in _worst_first(listed(record, section))]


def _worst_first(entries: list[Entry]) -> list[Entry]:
    order = {"severe": 0, "moderate": 1}
    return sorted(entries, key=lambda entry: order.get(getattr(entry, "severity", ""), 2))


def _contacts(record: Record) -> list[str] | None:
    if Section.CONTACTS not in record.sections:
        return None
    active = [contact for contact in record.contacts if contact.status == "active"]
    shown = [
        " · ".join(part for part in (c.name, c.relation, c.phone) if part)
        for c in sorted(active, key=lambda c: -c.primary)
    ]
    return shown or [say("Nobody written down yet.")]


def _block(section: Section, lines: list[str] | None, title: str = "") -> None:
    st.subheader(
        f":material/{SECTION_ICONS[section]}: {title or say(SECTION_WORDS[section])}", anchor=False
    )
    told = [say("Not shared with you.")] if lines is None else lines
    items = "".join(f'<li dir="auto"><strong>{escape(line)}</strong></li>' for line in told)
    st.html(f'<ul class="ml-list">{items}</ul>')

"""Adding to a record from its summary, and changing what stands there."""

from __future__ import annotations

import streamlit as st

from medilink.absence import ABSENCE_WORDS, Knowledge, knowledge_of
from medilink.acts.write_record import state_absence
from medilink.choices import SECTION_WORDS
from medilink.errors import MediLinkError
from medilink.records import Entry, Record, Section
from ui.parts.desk import current_desk, flash
from ui.parts.entry_form import show_add, show_change
from ui.parts.telling import tell_error
from ui.words import say

ADDED_HERE = (
    Section.ALLERGIES,
    Section.CONDITIONS,
    Section.MEDICATIONS,
    Section.ALERTS,
    Section.IMMUNISATIONS,
    Section.PROCEDURES,
)


def show_adding(record: Record) -> None:
    """Two folded parts: add an entry; correct or end one. Drawn only when unfolded."""
    adding = st.expander(
        say("Add an entry"), icon=":material/add:", key="adding", on_change="rerun"
    )
    if adding.open:
        with adding:
            _add(record)
    changing = st.expander(
        say("Correct or end an entry"), icon=":material/edit:", key="changing", on_change="rerun"
    )
    if changing.open:
        with changing:
            show_change(record.patient.id, _standing(record), "standing")


def _standing(record: Record) -> list[Entry]:
    everything: tuple[Entry, ...] = (
        *record.allergies,
        *record.conditions,
        *record.medications,
        *record.alerts,
        *record.immunisations,
        *record.procedures,
    )
    return [entry for entry in everything if entry.status in ("active", "", "completed")]


def _add(record: Record) -> None:
    kind = st.segmented_control(
        say("What to add"),
        ADDED_HERE,
        format_func=lambda section: say(SECTION_WORDS[section]),
        default=Section.ALLERGIES,
        required=True,
        key="add-kind",
    )
    section = Section(kind or Section.ALLERGIES)
    if section in ABSENCE_WORDS and knowledge_of(record, section) is Knowledge.NOT_ASKED:
        _none(record, section)
    show_add(record.patient.id, section)


def _none(record: Record, section: Section) -> None:
    """That somebody asked and there is nothing is worth writing down too."""
    words = ABSENCE_WORDS[section][1]
    if st.button(say(words), icon=":material/check:", key=f"none-{section}"):
        try:
            state_absence(current_desk(), record.patient.id, section)
        except MediLinkError as error:
            tell_error(error)
            return
        flash(say("Saved."))
        st.rerun()

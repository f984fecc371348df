"""A record from another clinic, tab by tab. Each tab says what did not come, and why: that nothing
stands there must never read as "there is none"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from medilink.acts.read_visiting import VisitingRecord
from medilink.carrying.summary import PROFILE_CARRIED
from medilink.choices import SECTION_WORDS
from medilink.from_elsewhere import CAME_WORDS, Came
from medilink.profile import PROFILE_FIELDS
from medilink.records import Record, Section
from ui.parts.chart import SECTION_ICONS, show_last_vitals, show_summary
from ui.parts.documents import document_words
from ui.parts.given import show_given
from ui.parts.person_form import show_person_sections
from ui.parts.plain import plain
from ui.parts.tabs import show_tabs
from ui.parts.trends import show_results, show_trends
from ui.parts.visits import show_visits
from ui.words import say

Draw = Callable[[VisitingRecord, Record], None]


def show_from_elsewhere(opened: VisitingRecord) -> None:
    """Every section in its tab, also those that did not come."""
    tabs: list[tuple[str, tuple[Section, ...], Draw]] = [
        (say("Summary"), _FIRST, lambda _, record: show_summary(record)),
        (say("Visits"), (Section.VISITS,), lambda _, record: show_visits(record)),
        (say("Measurements"), (Section.VITALS,), _measured),
        (say("Test results"), (Section.RESULTS,), lambda _, record: show_results(record)),
        (
            say("Vaccines and procedures"),
            (Section.IMMUNISATIONS, Section.PROCEDURES),
            _given,
        ),
        (say("Documents"), (Section.DOCUMENTS,), _documents),
        (say("Person"), (Section.PERSON, Section.CONTACTS, Section.INSURANCE), _person),
    ]
    show_tabs(
        {title: _tab(opened, sections, draw) for title, sections, draw in tabs},
        key="visiting-tabs",
    )


_FIRST = (
    Section.ALERTS, Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS, Section.VITALS,
)  # fmt: skip


def _tab(opened: VisitingRecord, sections: tuple[Section, ...], draw: Draw) -> Callable[[], None]:
    def drawn() -> None:
        came = {section: opened.came(section) for section in sections}
        for section, how in came.items():
            if how is not Came.SOMETHING:
                _say_absent(section, how)
        there = frozenset(section for section, how in came.items() if how is Came.SOMETHING)
        if there:
            draw(opened, replace(opened.record, sections=there))

    return drawn


def _say_absent(section: Section, how: Came) -> None:
    """What did not come; allergies as a warning, for somebody may prescribe."""
    icon, name = f":material/{SECTION_ICONS[section]}:", say(SECTION_WORDS[section])
    told = f"**{name}**: {say(CAME_WORDS[how])}"
    if section is Section.ALLERGIES:
        st.warning(told + " " + say("There may be allergies."), icon=icon)
    else:
        st.markdown(f"{icon} {told}")


def _measured(_: VisitingRecord, record: Record) -> None:
    show_last_vitals(record)
    show_trends(record, Section.VITALS)


def _given(opened: VisitingRecord, record: Record) -> None:
    """What is due is told only where no dose was left out to fit."""
    show_given(record, plan=not opened.shortened)
    if Section.IMMUNISATIONS in record.sections:
        st.caption(say("Only what was shared is counted. Ask for the vaccination card."))


def _documents(opened: VisitingRecord, record: Record) -> None:
    st.info(
        plain(
            say(
                "Only the titles are carried, not the pictures and files. Ask the patient or"
                " {clinic} for them.",
                clinic=opened.held.clinic,
            )
        ),
        icon=":material/description:",
    )
    st.markdown("\n".join(f"- {plain(document_words(one))}" for one in record.documents))


def _person(opened: VisitingRecord, record: Record) -> None:
    """A photo is not carried; of a profile a summary has little."""
    profiles = tuple(one._replace(photo="") for one in record.profiles)
    fields = PROFILE_CARRIED if opened.summary else tuple(PROFILE_FIELDS)
    show_person_sections(replace(record, profiles=profiles), may_write=False, fields=fields)
    if opened.summary and Section.PERSON in record.sections:
        st.caption(
            say(
                "The rest about the person is not carried in this summary; ask for the whole"
                " record."
            )
        )

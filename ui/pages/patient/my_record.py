"""The patient's own record: to read; what is theirs, to change; what is wrong, to say."""

from __future__ import annotations

import streamlit as st

from medilink.acts.profile import change_own_reach
from medilink.acts.read_record import open_record
from medilink.errors import MediLinkError
from medilink.people import Patient
from medilink.records import Record, Section
from ui.parts.chart import show_last_vitals, show_summary
from ui.parts.completeness_bar import show_completeness
from ui.parts.correction_parts import show_ask, show_wishes
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.documents import show_documents
from ui.parts.emergency_view import show_emergency
from ui.parts.given import show_given
from ui.parts.growth_chart import show_growth
from ui.parts.made_file import offer_take_along
from ui.parts.person import show_person
from ui.parts.person_form import show_changes, show_person_sections
from ui.parts.tabs import show_tabs
from ui.parts.telling import tell_error
from ui.parts.trends import show_results, show_trends
from ui.parts.visits import show_visits
from ui.parts.whose import choose_person
from ui.words import say


def show() -> None:
    """Everything the clinic has written, and what I keep myself."""
    record = open_record(current_desk(), choose_person()).record
    show_person(record.patient)
    show_flash()
    show_completeness(record)
    show_tabs(
        {
            say("Summary"): lambda: _summary(record),
            say("About me"): lambda: _about_me(record),
            say("In an emergency"): lambda: show_emergency(record),
            say("Visits"): lambda: show_visits(record),
            say("Measurements"): lambda: _measurements(record),
            say("Test results"): lambda: show_results(record),
            say("Vaccines and procedures"): lambda: show_given(record),
            say("Documents"): lambda: _documents(record),
            say("Something is wrong"): lambda: _wrong(record),
        },
        key="my-record-tabs",
    )


def _summary(record: Record) -> None:
    show_summary(record)
    offer_take_along()


def _measurements(record: Record) -> None:
    show_last_vitals(record)
    show_trends(record, Section.VITALS)
    show_growth(record)


def _documents(record: Record) -> None:
    show_documents(record)
    offer_take_along()


def _about_me(record: Record) -> None:
    show_person_sections(record, may_write=True)
    st.subheader(say("Phone and place"), anchor=False)
    _reach(record.patient)


def _reach(patient: Patient) -> None:
    with st.form("reach", border=False):
        phone = st.text_input(say("Phone"), patient.details.phone) or ""
        village = st.text_input(say("Village or place"), patient.details.village) or ""
        if not st.form_submit_button(say("Save"), type="primary"):
            return
    try:
        change_own_reach(current_desk(), patient, phone=phone, village=village)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()


def _wrong(record: Record) -> None:
    show_ask(record)
    show_wishes(record, may_answer=False)
    folded = st.expander(say("What was changed"), key="changes", on_change="rerun")
    if folded.open:
        with folded:
            show_changes(record)

"""A patient's record: the summary first, then all the rest; and writing in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from medilink.acts.read_record import Opened, open_record
from medilink.acts.register import record_patient_is_here
from medilink.audit import Method
from medilink.records import Entry, Observation, Record, Section
from ui.pages.provider.find import REASON_WORDS
from ui.parts.add_entry import show_adding
from ui.parts.chart import show_last_vitals, show_right, show_summary, show_versions
from ui.parts.completeness_bar import show_completeness
from ui.parts.correction_parts import show_wishes
from ui.parts.desk import current_desk, go_to, patient_on_desk, show_flash
from ui.parts.details_form import show_details
from ui.parts.documents import show_add_document, show_documents
from ui.parts.entry_form import show_change
from ui.parts.given import show_given
from ui.parts.growth_chart import show_growth
from ui.parts.guardians import show_guardians
from ui.parts.log_receipt import show_receipt_to_give
from ui.parts.lost_card import show_lost_card
from ui.parts.made_file import offer_take_along
from ui.parts.person import show_person
from ui.parts.person_form import show_changes, show_person_sections
from ui.parts.result_form import show_add_result
from ui.parts.send_home import show_send_home
from ui.parts.tabs import show_tabs
from ui.parts.trends import show_results, show_trends
from ui.parts.visits import show_visits
from ui.words import say

MISTAKES_SHOWN = 100


def show() -> None:
    """The record of the patient on the desk."""
    patient = patient_on_desk()
    if patient is None:
        st.info(say("Choose a patient first."))
        if st.button(say("Find a patient")):
            go_to("find")
        return
    opened = open_record(current_desk(), patient)
    show_person(opened.record.patient)
    show_flash()
    show_right(opened.right)
    if opened.can_add:
        _offer_writing()
    if not opened.can_write:
        _offer_care(opened)
    _offer_papers()
    if opened.can_write:
        show_send_home(patient)
    if opened.right.method is not Method.EMERGENCY:
        show_receipt_to_give(patient)
    show_tabs(_tabs(opened), key="record-tabs")


def _offer_writing() -> None:
    visit, measure, emergency = st.columns(3)
    if visit.button(
        say("New visit"), type="primary", icon=":material/edit_note:", shortcut="Alt+N"
    ):
        go_to("visit")
    if measure.button(say("Measure"), icon=":material/monitor_heart:", shortcut="Alt+M"):
        st.session_state["after-measuring"] = "record"
        go_to("measure")
    if emergency.button(say("Emergency view"), icon=":material/emergency:"):
        go_to("emergency")


def _offer_papers() -> None:
    """Also to whoever may only read: of what they may see."""
    report, along = st.columns(2)
    if report.button(say("Write a report"), icon=":material/outgoing_mail:", shortcut="Alt+W"):
        go_to("report")
    if along.button(say("Take the record along"), icon=":material/output:"):
        go_to("take-along")


def _offer_care(opened: Opened) -> None:
    """Whoever holds a permission or looks in an emergency, and then treats the patient."""
    here, emergency = st.columns(2)
    if here.button(say("The patient is here for a visit"), icon=":material/login:"):
        record_patient_is_here(current_desk(), opened.record.patient.id, REASON_WORDS[0])
        st.rerun()
    if opened.can_add:
        return
    if emergency.button(say("Emergency view"), icon=":material/emergency:"):
        go_to("emergency")


def _tabs(opened: Opened) -> dict[str, Callable[[], None]]:
    """What there is to see, by section; what was not shared has no tab."""
    record = opened.record
    wanted: list[tuple[str, set[Section], Callable[[], None]]] = [
        (say("Summary"), set(record.sections), lambda: _summary(opened)),
        (say("Visits"), {Section.VISITS}, lambda: _visits(opened)),
        (say("Measurements"), {Section.VITALS}, lambda: _measurements(opened)),
        (say("Test results"), {Section.RESULTS}, lambda: _results(opened)),
        (
            say("Vaccines and procedures"),
            {Section.IMMUNISATIONS, Section.PROCEDURES},
            lambda: show_given(record),
        ),
        (say("Documents"), {Section.DOCUMENTS}, lambda: _documents(opened)),
        (
            say("Person"),
            {Section.PERSON, Section.CONTACTS, Section.INSURANCE},
            lambda: _person(opened),
        ),
    ]
    return {title: draw for title, sections, draw in wanted if sections & record.sections}


def _summary(opened: Opened) -> None:
    show_summary(opened.record)
    if opened.can_write:
        show_adding(opened.record)
        show_completeness(opened.record)
    versions = st.expander(say("What was corrected"), key="versions", on_change="rerun")
    if versions.open:
        with versions:
            show_versions(opened.record)
            if not opened.right.narrowed:
                _offer_backup()


def _offer_backup() -> None:
    st.caption(say("Is something missing? An old backup may still have it."))
    if st.button(say("Look into an old backup"), icon=":material/history:"):
        go_to("from-backup")


def _measurements(opened: Opened) -> None:
    record = opened.record
    show_last_vitals(record)
    show_trends(record, Section.VITALS)
    show_growth(record)
    _mistakes(opened, _measured(record, Section.VITALS), "mistaken-measurements")


def _mistakes(opened: Opened, entries: Sequence[Entry], key: str) -> None:
    """What was written by mistake is struck: it no longer counts and stays readable."""
    if not opened.can_write or not entries:
        return
    folded = st.expander(
        say("Written by mistake?"), icon=":material/backspace:", key=key, on_change="rerun"
    )
    if folded.open:
        with folded:
            show_change(opened.record.patient.id, entries[:MISTAKES_SHOWN], f"{key}-strike")


def _measured(record: Record, section: Section) -> list[Observation]:
    return [seen for seen in record.observations if seen.section is section]


def _visits(opened: Opened) -> None:
    show_visits(opened.record, may_amend=opened.can_write)
    _mistakes(opened, opened.record.encounters, "mistaken-visits")


def _results(opened: Opened) -> None:
    show_results(opened.record)
    _mistakes(opened, _measured(opened.record, Section.RESULTS), "mistaken-results")
    if not opened.can_write:
        return
    folded = st.expander(
        say("Add a result"), icon=":material/add:", key="add-result", on_change="rerun"
    )
    if folded.open:
        with folded:
            show_add_result(opened.record.patient.id)


def _documents(opened: Opened) -> None:
    show_documents(opened.record)
    if opened.can_write:
        with st.expander(say("Add a document"), icon=":material/add:"):
            show_add_document(opened.record.patient.id)
    _mistakes(opened, opened.record.documents, "mistaken-documents")
    offer_take_along()


def _person(opened: Opened) -> None:
    show_person_sections(opened.record, may_write=opened.can_write)
    if opened.can_write:
        st.subheader(say("Name and address"), anchor=False)
        show_details(opened.record.patient)
        show_guardians(opened.record.patient)
        show_lost_card(opened.record.patient.id)
        show_wishes(opened.record, may_answer=True)
    if Section.PERSON not in opened.record.sections:
        return
    folded = st.expander(say("What was changed"), key="changes", on_change="rerun")
    if folded.open:
        with folded:
            show_changes(opened.record)

"""A patient's record: the summary first, then visits, measurements, results; and writing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.read_record import Opened, open_record
from medilink.acts.register import (
    Slip,
    TypedDetails,
    change_details,
    give_first_password,
    read_details,
)
from medilink.acts.write_record import add_entry, end_entry
from medilink.errors import EditedMeanwhile, MediLinkError
from medilink.people import Patient, PatientDetails, Sex, changed_fields
from medilink.records import Entry, Record, Section
from ui.parts.chart import (
    SECTION_WORDS,
    entry_words,
    show_last_vitals,
    show_results,
    show_right,
    show_summary,
    show_trends,
    show_visits,
)
from ui.parts.desk import current_desk, flash, go_to, patient_on_desk, show_flash
from ui.parts.person import SEX_WORDS, show_person, today
from ui.parts.plain import plain
from ui.parts.slip import show_slip
from ui.parts.tabs import show_tabs
from ui.parts.telling import tell_error
from ui.words import say

SEVERITIES = ("", "mild", "moderate", "severe")


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
    if opened.can_write and st.button(
        say("New visit"), type="primary", icon=":material/edit_note:", shortcut="Alt+N"
    ):
        go_to("visit")
    _show_sections(opened)


def _show_sections(opened: Opened) -> None:
    record = opened.record
    tabs: dict[str, Callable[[], None]] = {say("Summary"): lambda: _summary(opened)}
    if Section.VISITS in record.sections:
        tabs[say("Visits")] = lambda: show_visits(record)
    if Section.VITALS in record.sections:
        tabs[say("Measurements")] = lambda: _measurements(record)
    if Section.RESULTS in record.sections:
        tabs[say("Test results")] = lambda: show_results(record)
    if opened.can_write:
        tabs[say("Details")] = lambda: _details(record.patient)
    show_tabs(tabs, key="record-tabs")


def _measurements(record: Record) -> None:
    show_last_vitals(record)
    show_trends(record, Section.VITALS)


def _summary(opened: Opened) -> None:
    show_summary(opened.record)
    if opened.can_write:
        more = st.expander(
            say("Add or end an entry"), icon=":material/add:", key="more", on_change="rerun"
        )
        if more.open:
            with more:
                _add(opened.record)
                _end(opened.record)


# ---- single entries


def _add(record: Record) -> None:
    kinds = [Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS, Section.ALERTS]
    kind = st.segmented_control(
        say("What to add"),
        kinds,
        format_func=lambda section: say(SECTION_WORDS[section]),
        default=Section.ALLERGIES,
        required=True,
        key="add-kind",
    )
    with st.form(f"add-{kind}", clear_on_submit=False, border=False):
        typed = _add_fields(Section(kind or Section.ALLERGIES))
        if st.form_submit_button(say("Add")):
            _save_entry(record.patient, Section(kind or Section.ALLERGIES), typed)


def _add_fields(kind: Section) -> dict[str, str]:
    if kind is Section.ALLERGIES:
        return {
            "substance": st.text_input(say("Substance")) or "",
            "reaction": st.text_input(say("Reaction")) or "",
            "severity": st.selectbox(
                say("Severity"), SEVERITIES, format_func=lambda s: say(s) if s else say("not known")
            ),
        }
    if kind is Section.MEDICATIONS:
        return {
            "name": st.text_input(say("Medicine")) or "",
            "dose": st.text_input(say("Dose and how often")) or "",
        }
    field = "name" if kind is Section.CONDITIONS else "text"
    return {field: st.text_input(say(SECTION_WORDS[kind])) or ""}


def _save_entry(patient: Patient, kind: Section, typed: dict[str, str]) -> None:
    try:
        add_entry(current_desk(), patient.id, kind, **typed)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()


def _end(record: Record) -> None:
    everything: tuple[Entry, ...] = (
        record.allergies + record.conditions + record.medications + record.alerts
    )
    active = [entry for entry in everything if getattr(entry, "status", "") == "active"]
    if not active:
        return
    chosen = st.selectbox(
        say("End an entry (it stays readable)"),
        active,
        format_func=entry_words,
        index=None,
        placeholder=say("Choose"),
        key="end-entry",
    )
    if chosen and st.button(say("This is over")):
        end_entry(current_desk(), record.patient.id, chosen)
        flash(say("Saved."))
        st.rerun()


# ---- the person's details


def _details(patient: Patient) -> None:
    """Change what registration asked for; two people saving at once see the difference."""
    conflict: EditedMeanwhile | None = st.session_state.get("details-conflict")
    if conflict and isinstance(conflict.theirs, Patient) and conflict.theirs.id == patient.id:
        _show_difference(conflict.theirs, st.session_state["details-mine"])
        return
    started: Patient = st.session_state.setdefault(f"details-of-{patient.id}", patient)
    before = started.details
    with st.form("details", border=False):
        typed = TypedDetails(
            given=st.text_input(say("Given names"), before.given) or "",
            family=st.text_input(say("Family name"), before.family) or "",
            sex=st.selectbox(
                say("Sex"),
                [sex.value for sex in Sex],
                index=list(Sex).index(before.sex),
                format_func=lambda value: say(SEX_WORDS[Sex(value)]),
            ),
            birth_date=st.text_input(say("Birth date"), before.birth_date) or "",
            phone=st.text_input(say("Phone"), before.phone) or "",
            village=st.text_input(say("Village or place"), before.village) or "",
        )
        if st.form_submit_button(say("Save the details")):
            _save_details(started, typed)
    _new_slip(patient)


def _new_slip(patient: Patient) -> None:
    """For a patient who has forgotten the password, or came in from a file and has none."""
    slip: Slip | None = st.session_state.get("record-slip")
    if slip and slip.patient.id == patient.id:
        show_slip(slip)
        if st.button(say("Done")):
            st.session_state.pop("record-slip")
            st.rerun()
    elif st.button(say("New password slip for the patient"), icon=":material/key:"):
        password = give_first_password(current_desk(), patient)
        st.session_state["record-slip"] = Slip(patient, password)
        st.rerun()


def _save_details(before: Patient, typed: TypedDetails) -> None:
    desk = current_desk()
    try:
        mine = read_details(typed, desk.clinic.country, today().date())
        st.session_state["details-mine"] = mine
        change_details(desk, before, mine)
    except EditedMeanwhile as conflict:
        st.session_state["details-conflict"] = conflict
    except MediLinkError as error:
        tell_error(error)
        return
    else:
        flash(say("Saved."))
    st.session_state.pop(f"details-of-{before.id}", None)
    st.rerun()


def _show_difference(theirs: Patient, mine: PatientDetails) -> None:
    st.warning(say("Somebody else has saved these details since you opened them."))
    for field, (yours, now_saved) in changed_fields(mine, theirs.details).items():
        with st.container(border=True):
            st.markdown(f"**{say(field.replace('_', ' ').capitalize())}**")
            st.markdown(f"{say('Saved now')}: {plain(now_saved) or '–'}")
            st.markdown(f"{say('Yours')}: **{plain(yours) or '–'}**")
    keep, save = st.columns(2)
    if keep.button(say("Keep what is saved")):
        st.session_state.pop("details-conflict")
        st.rerun()
    if save.button(say("Save mine over it"), type="primary"):
        st.session_state.pop("details-conflict")
        try:
            change_details(current_desk(), theirs, mine)
            flash(say("Saved."))
        except EditedMeanwhile as again:
            st.session_state["details-conflict"] = again
        st.rerun()

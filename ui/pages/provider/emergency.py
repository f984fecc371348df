"""The emergency view of a patient; where no right exists, opening it with a reason."""

from __future__ import annotations

import streamlit as st

from medilink.acts.emergency import break_glass
from medilink.acts.read_record import may_open, open_identity, open_record
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.permissions import EMERGENCY_HOURS
from medilink.records import EMERGENCY_SECTIONS
from ui.parts.chart import show_right
from ui.parts.desk import current_desk, go_to, patient_on_desk
from ui.parts.emergency_view import show_emergency
from ui.parts.person import show_person
from ui.parts.telling import tell_error
from ui.words import say, say_many


def show() -> None:
    """One screen."""
    patient, desk = patient_on_desk(), current_desk()
    if patient is None:
        go_to("find")
        return
    if not may_open(desk, patient, EMERGENCY_SECTIONS):
        _ask(patient)
        return
    opened = open_record(desk, patient, EMERGENCY_SECTIONS)
    show_person(opened.record.patient)
    show_emergency(opened.record)
    show_right(opened.right)
    if st.button(say("The whole record"), icon=":material/folder_open:"):
        go_to("record")
    if opened.right.narrowed:
        with st.expander(say("It cannot wait: open everything"), icon=":material/emergency:"):
            st.warning(
                say(
                    "You can open the whole record for {number} hours, to read only. The patient"
                    " and the administrator will see who opened it and why.",
                    number=EMERGENCY_HOURS,
                ),
                icon=":material/emergency:",
            )
            _break_glass(patient)


def _ask(patient: PatientId) -> None:
    show_person(open_identity(current_desk(), patient))
    st.title(say("Open in an emergency"), anchor=False)
    st.warning(
        say_many(
            "You have no right to this record. You can open it for {number} hour, to read only."
            " The patient and the administrator will see who opened it and why.",
            "You have no right to this record. You can open it for {number} hours, to read only."
            " The patient and the administrator will see who opened it and why.",
            EMERGENCY_HOURS,
        ),
        icon=":material/emergency:",
    )
    _break_glass(patient)


def _break_glass(patient: PatientId) -> None:
    with st.form("break-glass", border=False):
        reason = st.text_input(say("Why it cannot wait")) or ""
        if not st.form_submit_button(say("Open the record"), type="primary"):
            return
    try:
        break_glass(current_desk(), patient, reason)
    except MediLinkError as error:
        tell_error(error)
        return
    st.rerun()

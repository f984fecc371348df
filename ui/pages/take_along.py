"""A record taken along: what for, what kind of file, which parts; then the file, signed."""

from __future__ import annotations

import streamlit as st

from exports.forms import Form
from exports.making import Chosen, Made, make_export
from medilink.acts.read_record import open_identity
from medilink.desk import Desk
from medilink.errors import MediLinkError, NothingChosen
from medilink.handing_out import PURPOSE_WORDS, Purpose
from medilink.people import Patient, PatientId, Role
from ui.parts.choose_export import Wanted, choose_export
from ui.parts.desk import current_desk, go_to, patient_on_desk
from ui.parts.made_file import show_made
from ui.parts.making_file import make_with_progress
from ui.parts.person import show_person
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say
from ui.words.wording import DocumentWords

MAKING, MADE = "export-making", "export-made"
# What a form is good for, the likeliest first.
FORM_WORDS = {
    Form.PDF: "To read and print (PDF)",
    Form.JSON: "For another clinic with MediLink: keeps everything",
    Form.IPS: "For another clinic's program: the summary (IPS)",
    Form.FHIR: "For another clinic's program: everything (FHIR R4)",
    Form.EXCEL: "As tables with charts (Excel)",
    Form.CSV: "As plain tables (CSV)",
}
_PURPOSES = (Purpose.COPY, Purpose.LEGAL)
_OWN_PURPOSE_WORDS = {Purpose.COPY: "To keep, or to show where I am treated"}


def show() -> None:
    """Make one file of one record."""
    desk = current_desk()
    patient = choose_person() if desk.who.role is Role.PATIENT else patient_on_desk()
    if patient is None and desk.who.patient is None:
        st.info(say("Choose a patient first."))
        if st.button(say("Find a patient")):
            go_to("find")
        return
    whom = PatientId(patient or desk.who.patient or 0)
    st.title(say("Take the record along"), anchor=False)
    _person(desk, whom)
    wanted: Wanted | None = st.session_state.pop(MAKING, None)
    if wanted is not None:
        _make(desk, whom, wanted)
    made: tuple[PatientId, Made] | None = st.session_state.get(MADE)
    if made and made[0] == whom:
        show_made(whom, made[1], again=_forget, another=say("Make another file"))
    else:
        _ask(own=desk.who.role is Role.PATIENT)
    if st.button(say("Back to the record"), icon=":material/folder_shared:"):
        _forget()
        go_to("my-record" if desk.who.role is Role.PATIENT else "record")


def _person(desk: Desk, patient: PatientId) -> None:
    who: Patient = open_identity(desk, patient)
    show_person(who)


def _ask(*, own: bool) -> None:
    """`own`: the patient asks, or who looks after them."""
    words = PURPOSE_WORDS | (_OWN_PURPOSE_WORDS if own else {})
    purpose = st.radio(
        say("What is it for?"),
        _PURPOSES,
        format_func=lambda one: say(words[one]),
        key="export-purpose",
    )
    form = st.radio(
        say("What kind of file?"),
        list(FORM_WORDS),
        format_func=lambda one: say(FORM_WORDS[one]),
        key="export-form",
    )
    wanted = choose_export(purpose, form)
    if wanted is None:
        return
    if not wanted.asked.sections:
        tell_error(NothingChosen())
        return
    st.session_state[MAKING] = wanted
    st.rerun()


def _make(desk: Desk, patient: PatientId, wanted: Wanted) -> None:
    """The page has asked; now it waits. Stop, or leaving the page, ends it."""
    words = DocumentWords(wanted.asked.language)
    chosen = Chosen(wanted.asked, wanted.form, words, password=wanted.password)
    try:
        made = make_with_progress(lambda progress: make_export(desk, patient, chosen, progress))
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state[MADE] = (patient, made)
    st.rerun()


def _forget() -> None:
    st.session_state.pop(MADE, None)

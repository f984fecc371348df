"""Find a patient: type, pick, open."""

from __future__ import annotations

import streamlit as st

from medilink.acts.read_record import may_open
from medilink.acts.register import find_patients, record_patient_is_here
from medilink.people import Patient
from ui.parts.begin_at import begin_at
from ui.parts.desk import current_desk, go_to, put_on_desk, show_flash
from ui.parts.person import facts
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.telling import live_part
from ui.words import say

REASON_WORDS = ("here for a visit",)


def show() -> None:
    """The provider's home."""
    st.title(say("Find a patient"), anchor=False)
    show_flash()
    begin_at(say("Name, MediLink ID, phone or birth date"))
    _search()


@live_part
def _search() -> None:
    typed = st.text_input(
        say("Name, MediLink ID, phone or birth date"),
        key="find-typed",
        type="search",
        live=True,
        max_chars=200,
        persist_state="session",
        autocomplete="off",
    )
    if not typed or len(typed.strip()) < 2:
        st.caption(say("Type at least two letters. A misspelt name is found too."))
        return
    found = find_patients(current_desk(), typed)
    if not found:
        st.info(say("Nobody found. Try fewer letters, or register the patient."))
        if st.button(say("Register a new patient"), icon=":material/person_add:"):
            go_to("register")
        return
    for hit in found:
        _line(hit.patient)


def _line(patient: Patient) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        st.markdown(
            f"**{plain(patient.details.full_name)}**  \n{plain(' · '.join(facts(patient)))}"
        )
        with st.container(horizontal=True, gap="small", width="content"):
            if st.button(say("Open"), key=f"open-{patient.id}", icon=":material/folder_open:"):
                _open(patient, "record")
            if st.button(
                say("Measure"), key=f"measure-{patient.id}", icon=":material/monitor_heart:"
            ):
                st.session_state["after-measuring"] = "find"
                _open(patient, "measure")
            if st.button(
                say("Emergency"), key=f"emergency-{patient.id}", icon=":material/emergency:"
            ):
                put_on_desk(patient.id)
                go_to("emergency")


def _open(patient: Patient, page: str) -> None:
    put_on_desk(patient.id)
    if may_open(current_desk(), patient.id):
        go_to(page)
    else:
        _ask_why(patient, page)


def _ask_why(patient: Patient, page: str) -> None:
    """Nobody opens a record without a reason: the patient is here, or has given a code."""

    @st.dialog(say("Why do you open this record?"))
    def ask() -> None:
        st.markdown(f"**{plain(patient.details.full_name)}** · {patient.medilink_id}")
        st.write(say("The patient will see who opened it and why."))
        if st.button(
            say("The patient is here for a visit"), type="primary", icon=":material/login:"
        ):
            record_patient_is_here(current_desk(), patient.id, REASON_WORDS[0])
            go_to(page)
        if st.button(say("The patient gave me a code"), icon=":material/qr_code_scanner:"):
            go_to("scan")

    ask()

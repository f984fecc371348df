"""Name, birth date, address of a person, with two people at once told the difference; a new
password slip."""

from __future__ import annotations

import streamlit as st

from medilink.acts.register import (
    Slip,
    TypedDetails,
    change_details,
    give_new_slip,
    read_details,
)
from medilink.choices import SEX_WORDS
from medilink.errors import EditedMeanwhile, MediLinkError
from medilink.people import Patient, PatientDetails, Sex, changed_fields
from ui.house import the_house
from ui.parts.desk import current_desk, flash
from ui.parts.person import today
from ui.parts.plain import plain
from ui.parts.slip import show_slip
from ui.parts.telling import tell_error
from ui.words import say


def show_details(patient: Patient) -> None:
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
        password = give_new_slip(current_desk(), patient)
        the_house().sessions.end_all_about(patient.id)
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

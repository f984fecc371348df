"""A patient's record as an old backup has it, and what is missing today brought back."""

from __future__ import annotations

import streamlit as st

from backup.looking_back import Offered
from medilink.acts.bring_back import Compared, bring_back, check_may_look, compare_with_today
from medilink.acts.read_record import open_record
from medilink.bringing_back import Past
from medilink.people import PatientId
from ui.house import the_house
from ui.looking_back import look_here
from ui.parts.begin_at import only_here
from ui.parts.choose_backup import choose_backup
from ui.parts.desk import current_desk, flash, go_to, patient_on_desk
from ui.parts.lost_entries import show_lost
from ui.parts.making_file import make_with_progress
from ui.parts.person import moment, show_person
from ui.parts.plain import plain
from ui.parts.telling import told
from ui.words import say, say_many

PAST = "backup-past"


def show() -> None:
    """Choose a backup, tick what is to come back, say why."""
    patient = patient_on_desk()
    if patient is None:
        st.info(say("Choose a patient first."))
        if st.button(say("Find a patient")):
            go_to("find")
        return
    st.title(say("From an old backup"), anchor=False)
    told(_show)(patient)
    if st.button(say("Back to the record"), icon=":material/folder_shared:"):
        _forget()
        go_to("record")


def _show(patient: PatientId) -> None:
    check_may_look(current_desk(), patient)
    only_here(PAST)
    show_person(open_record(current_desk(), patient).record.patient)
    past: Past | None = st.session_state.get(PAST)
    if past and past.patient == patient:
        _compare(past)
    else:
        _forget()
        _choose(patient)


def _forget() -> None:
    """What was read is in this page's memory only, and goes when it is left."""
    st.session_state.pop(PAST, None)


def _choose(patient: PatientId) -> None:
    st.write(
        say(
            "For entries that are missing, after a wrong merge for example. It is on record that"
            " you looked, and the patient sees it."
        )
    )
    choose_backup(
        lambda wanted: _look(wanted, patient),
        which=say("The newest in which nothing was missing yet."),
        none=say("No checked backup is known here. Ask the administrator."),
    )


def _look(wanted: Offered, patient: PatientId) -> None:
    st.session_state[PAST] = make_with_progress(
        lambda progress: look_here(the_house(), current_desk(), wanted, patient, progress),
        say("The backup is being opened and checked …"),
    )
    st.rerun()


# ---- what is missing


def _compare(past: Past) -> None:
    compared = compare_with_today(current_desk(), past)
    st.subheader(plain(say("Backup of {moment}", moment=moment(past.made_at))), anchor=False)
    if compared.moved:
        st.caption(
            say_many(
                "{number} entry of it is in another patient's record today. It is not shown.",
                "{number} entries of it are in another patient's record today. They are not shown.",
                compared.moved,
            )
        )
    if not compared.lost:
        st.success(
            say("Nothing is missing: all this backup has is in today's record."),
            icon=":material/check_circle:",
        )
    else:
        _offer(past, compared)
    if st.button(say("Look into another backup"), icon=":material/history:"):
        _forget()
        st.rerun()


def _offer(past: Past, compared: Compared) -> None:
    if not compared.can_bring:
        show_lost(compared.lost, may_tick=False)
        st.info(say("To bring something back, record first that the patient is here for a visit."))
        return
    with st.form("bring-back"):
        ticked = show_lost(compared.lost)
        why = st.text_input(say("Why is it brought back?"), help=say("It stands in the log."))
        sure = st.form_submit_button(
            say("Bring back what is ticked"), type="primary", icon=":material/restore:"
        )
    if sure:
        told(_bring)(past, ticked, why or "")


def _bring(past: Past, ticked: frozenset[bytes], why: str) -> None:
    count = bring_back(current_desk(), past, ticked, why)
    _forget()
    flash(
        say_many("{number} entry was brought back.", "{number} entries were brought back.", count)
    )
    go_to("record")

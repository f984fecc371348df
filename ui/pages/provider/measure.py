"""Measurements alone: a nurse with a queue at the door. One screen, keyboard from start to end."""

from __future__ import annotations

import streamlit as st

from medilink.acts.drafts import find_draft, keep_draft, throw_draft_away
from medilink.acts.read_record import open_record
from medilink.acts.write_visit import write_visit
from medilink.errors import MediLinkError, NoRight, NothingWritten, NotValid
from medilink.people import PatientId
from medilink.records import Record, Section
from medilink.visits import NewVisit
from medilink.vitals import VITAL_SIGNS
from ui.parts.begin_at import begin_at
from ui.parts.desk import current_desk, flash, go_to, patient_on_desk
from ui.parts.person import show_person, today
from ui.parts.telling import live_part, tell_error
from ui.parts.vitals_form import (
    field_key,
    read_vitals,
    restore_vitals,
    sure_of,
    vital_fields,
    vitals_draft,
)
from ui.words import say

DRAFT = "measurements"


def show() -> None:
    """The measurements of the patient on the desk."""
    patient = patient_on_desk()
    if patient is None:
        go_to("find")
        return
    opened = open_record(current_desk(), patient, frozenset({Section.VITALS}))
    if not opened.can_add:
        raise NoRight
    show_person(opened.record.patient)
    st.title(say("Measure"), anchor=False)
    _restore(patient)
    begin_at(say(VITAL_SIGNS[0].name))
    _form(opened.record)


def _restore(patient: PatientId) -> None:
    """What was typed here today and not saved. Yesterday's numbers are not today's."""
    if field_key(patient, VITAL_SIGNS[0].code) in st.session_state:
        return
    kept = find_draft(current_desk(), patient, DRAFT)
    if kept.get("day") == today().date().isoformat() and restore_vitals(patient, kept):
        st.session_state["measure-restored"] = True


@live_part
def _form(record: Record) -> None:
    patient = record.patient.id
    if st.session_state.pop("measure-restored", False):
        st.info(say("This is what you had typed before and not saved."))
    vital_fields(record)
    typed = vitals_draft(patient)
    _keep(patient, typed)
    try:
        sure = sure_of(read_vitals(typed), record.patient.details)
    except NotValid:
        sure = True  # it is said beside the field, and again when saving
    if not st.button(say("Save"), type="primary", icon=":material/save:", shortcut="Alt+S"):
        return
    if not sure:
        st.warning(say("Check the unusual values, then tick that they are right."))
        return
    _save(patient, typed)


def _keep(patient: PatientId, typed: dict[str, str]) -> None:
    if st.session_state.get("measure-kept") == (patient, typed):
        return
    st.session_state["measure-kept"] = (patient, typed)
    if typed:
        day = today().date().isoformat()
        keep_draft(current_desk(), patient, DRAFT, typed | {"day": day})
    else:
        throw_draft_away(current_desk(), patient, DRAFT)


def _save(patient: PatientId, typed: dict[str, str]) -> None:
    try:
        if not typed:
            raise NothingWritten
        visit = NewVisit(kind="Measurements", vitals=read_vitals(typed))
        write_visit(current_desk(), patient, visit, draft=DRAFT)
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop("measure-kept", None)
    for sign in VITAL_SIGNS:
        st.session_state.pop(field_key(patient, sign.code), None)
    flash(say("The measurements are saved."))
    st.session_state.pop("find-typed", None)
    go_to(st.session_state.pop("after-measuring", "record"))

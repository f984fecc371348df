"""Write a visit: measurements, reason, diagnosis, treatment, notes. A draft is kept meanwhile."""

from __future__ import annotations

from typing import Any

import streamlit as st

from medilink.acts.read_record import open_record
from medilink.acts.write_record import (
    VISIT_DRAFT,
    find_draft,
    keep_draft,
    throw_draft_away,
    write_visit,
)
from medilink.errors import MediLinkError, NoRight, NotValid
from medilink.people import PatientId
from medilink.records import Record, Section
from medilink.visits import NewVisit
from medilink.vitals import VITAL_SIGNS, VitalSign, read_vital, unlikely_vitals
from ui.parts.chart import shown_value
from ui.parts.desk import current_desk, flash, go_to, patient_on_desk
from ui.parts.person import day, moment, show_person
from ui.parts.plain import plain
from ui.parts.telling import live_part, tell_error
from ui.words import say

KINDS = ("Consultation", "Follow-up", "Emergency", "Antenatal", "Child clinic", "Vaccination")
_TEXTS = ("kind", "reason", "diagnoses", "medications", "treatment", "notes")


def show() -> None:
    """A new visit of the patient on the desk."""
    patient = patient_on_desk()
    if patient is None:
        go_to("find")
        return
    opened = open_record(current_desk(), patient, frozenset({Section.ALLERGIES, Section.VITALS}))
    if not opened.can_write:
        raise NoRight
    show_person(opened.record.patient)
    st.title(say("New visit"), anchor=False)
    allergies = [a.substance for a in opened.record.allergies if a.status == "active"]
    if allergies:
        warning = say("Allergies: {list}", list=", ".join(allergies))
        st.warning(plain(warning), icon=":material/allergy:")
    _restore_draft(patient)
    _form(opened.record)


def _key(patient: PatientId, field: str) -> str:
    return f"visit-{patient}-{field}"


def _restore_draft(patient: PatientId) -> None:
    if st.session_state.get("visit-begun") == patient:
        return
    st.session_state["visit-begun"] = patient
    for field, value in find_draft(current_desk(), patient, VISIT_DRAFT).items():
        st.session_state.setdefault(_key(patient, field), value)
        st.session_state["visit-restored"] = True


@live_part
def _form(record: Record) -> None:
    patient = record.patient.id
    if st.session_state.pop("visit-restored", False):
        st.info(say("This is what you had typed before and not saved."))
    with st.container(key="vitals"):
        st.subheader(say("Measurements"), anchor=False)
        for left, right in zip(VITAL_SIGNS[::2], VITAL_SIGNS[1::2], strict=True):
            # row by row: Tab and a phone follow the order of the form
            for column, sign in zip(st.columns(2), (left, right), strict=True):
                with column:
                    _vital_field(record, sign)
    st.subheader(say("The visit"), anchor=False)
    st.selectbox(say("Kind of visit"), KINDS, format_func=say, key=_key(patient, "kind"))
    st.text_input(say("Reason for the visit"), key=_key(patient, "reason"), live=True)
    st.text_area(say("Diagnosis, one a line"), key=_key(patient, "diagnoses"), height=80)
    st.text_area(
        say("Medicines, one a line: name, dose and how often"),
        key=_key(patient, "medications"),
        height=80,
        placeholder=say("Amoxicillin 500 mg, three times a day for 5 days"),
    )
    st.text_area(say("Treatment"), key=_key(patient, "treatment"), height=80)
    st.text_area(say("Notes"), key=_key(patient, "notes"), height=140)
    typed = _typed(patient)
    kept = None
    if any(value for field, value in typed.items() if field != "kind"):
        kept = keep_draft(current_desk(), patient, VISIT_DRAFT, typed)
    _buttons(patient, typed)
    if kept:
        st.caption(say("Draft kept, {moment}.", moment=moment(current_desk().now)))
    if kept is False:
        st.warning(say("This is too long to be kept as a draft. Shorten it, or save it now."))


def _vital_field(record: Record, sign: VitalSign) -> None:
    last = record.latest(sign.code)
    label = f"{say(sign.name)} ({sign.shown_unit})"
    before = say("last: {value}, {day}", value=shown_value(last), day=day(last.at)) if last else ""
    key = _key(record.patient.id, sign.code)
    value = st.text_input(label, key=key, placeholder=before, autocomplete="off", live="600ms")
    if value:
        try:
            read_vital(sign, value)
        except NotValid as wrong:
            tell_error(wrong)


def _typed(patient: PatientId) -> dict[str, Any]:
    fields = [*_TEXTS, *(sign.code for sign in VITAL_SIGNS)]
    return {field: st.session_state.get(_key(patient, field)) or "" for field in fields}


def _buttons(patient: PatientId, typed: dict[str, Any]) -> None:
    try:
        visit = as_visit(typed)
        rare = unlikely_vitals(visit.vitals)
    except NotValid:
        visit, rare = None, []
    sure = True
    if rare:
        listed = ", ".join(f"{say(sign.name)} {value} {sign.shown_unit}" for sign, value in rare)
        sure = st.checkbox(say("Unusual, but measured so: {list}", list=listed))
    save, away = st.columns([2, 1])
    if save.button(say("Save the visit"), type="primary", icon=":material/save:", shortcut="Alt+S"):
        if not sure:
            st.warning(say("Check the unusual values, then tick that they are right."))
        else:
            _save(patient, typed)
    if away.button(say("Throw the draft away")):
        throw_draft_away(current_desk(), patient, VISIT_DRAFT)
        _forget(patient)
        go_to("record")


def _save(patient: PatientId, typed: dict[str, Any]) -> None:
    try:
        write_visit(current_desk(), patient, as_visit(typed))
    except MediLinkError as error:
        tell_error(error)
        return
    _forget(patient)
    flash(say("The visit is saved."))
    go_to("record")


def _forget(patient: PatientId) -> None:
    st.session_state.pop("visit-begun", None)
    for key in [key for key in st.session_state if str(key).startswith(f"visit-{patient}-")]:
        st.session_state.pop(key)


def as_visit(typed: dict[str, Any]) -> NewVisit:
    """What was typed as a visit. Raises NotANumber, NumberImpossible."""
    vitals = {
        sign.code: read_vital(sign, typed[sign.code]) for sign in VITAL_SIGNS if typed[sign.code]
    }
    return NewVisit(
        kind=typed["kind"] or KINDS[0],
        reason=typed["reason"],
        diagnoses=lines_of(typed["diagnoses"]),
        medications=tuple(_name_and_dose(line) for line in lines_of(typed["medications"])),
        treatment=typed["treatment"],
        notes=typed["notes"],
        vitals=vitals,
    )


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that have something in them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _name_and_dose(line: str) -> tuple[str, str]:
    name, _, dose = line.partition(",")
    return name.strip(), dose.strip()

"""Write a visit: measurements, reason, findings, medicines, plan. A draft is kept meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from medilink.absence import listed, stated_absence
from medilink.acts.drafts import VISIT_DRAFT, find_draft, keep_draft, throw_draft_away
from medilink.acts.going_home import home_of
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import shared_for
from medilink.acts.write_visit import write_visit
from medilink.errors import MediLinkError, NoRight, NotValid
from medilink.people import PatientId
from medilink.prescribing import causes_in
from medilink.records import Allergy, Record, Section
from medilink.visits import KIND_WORDS, NewVisit
from medilink.vitals import VITAL_SIGNS
from ui.parts import medicine_rows
from ui.parts.chart import entry_words
from ui.parts.desk import current_desk, go_to, patient_on_desk
from ui.parts.log_receipt import VISIT_SAVED
from ui.parts.person import moment, show_person, today
from ui.parts.plain import plain
from ui.parts.send_home import remind_to_send, say_where_it_goes
from ui.parts.telling import live_part, tell_error
from ui.parts.visit_template import (
    answered,
    choose_template,
    fill_from_template,
    forget_template,
)
from ui.parts.vitals_form import (
    field_key,
    read_vitals,
    restore_vitals,
    sure_of,
    vital_fields,
    vitals_draft,
)
from ui.words import say

_TEXTS = (
    "kind", "reason", "history", "examination", "diagnoses", "treatment", "plan", "follow_up",
    "notes",
)  # fmt: skip


def show() -> None:
    """A new visit of the patient on the desk."""
    patient = patient_on_desk()
    if patient is None:
        go_to("find")
        return
    opened = open_record(current_desk(), patient, frozenset({Section.ALLERGIES, Section.VITALS}))
    if not opened.can_add:
        raise NoRight
    show_person(opened.record.patient)
    st.title(say("New visit"), anchor=False)
    allergies = [entry_words(entry) for entry in listed(opened.record, Section.ALLERGIES)]
    if allergies:
        warning = say("Allergies: {list}", list=", ".join(allergies))
        st.warning(plain(warning), icon=":material/allergy:")
    else:
        _say_no_allergies(opened.record)
    _say_shared(patient)
    say_where_it_goes(home_of(current_desk(), patient))
    _restore_draft(patient)
    _form(opened.record)


def _say_no_allergies(record: Record) -> None:
    """That nobody asked is not the same as that there are none."""
    if stated_absence(record, Section.ALLERGIES):
        st.caption(say("No known allergies"))
    else:
        st.warning(say("Nobody has asked yet. There may be allergies."), icon=":material/help:")


def _say_shared(patient: PatientId) -> None:
    """What a visiting patient's own clinic says: it is not in the file here."""
    shared = shared_for(current_desk(), patient)
    if shared is None:
        return
    record, clinic = shared.record, plain(shared.held.clinic)
    warnings = [alert.text for alert in record.alerts if alert.status == "active"]
    for words in (*warnings, *(entry_words(one) for one in listed(record, Section.ALLERGIES))):
        st.warning(
            say("According to {clinic}: {what}", clinic=clinic, what=plain(words)),
            icon=":material/allergy:",
        )
    if Section.ALLERGIES not in record.sections:
        st.warning(
            say("The patient did not share allergies. Ask before you prescribe."),
            icon=":material/help:",
        )


def _restore_draft(patient: PatientId) -> None:
    if field_key(patient, "kind") in st.session_state:
        return
    kept = find_draft(current_desk(), patient, VISIT_DRAFT)
    restore_vitals(patient, kept)
    if day := kept.pop("day", ""):
        st.session_state.setdefault(field_key(patient, "day"), date.fromisoformat(day))
    for field, value in kept.items():
        st.session_state.setdefault(field_key(patient, field), value)
    st.session_state["visit-restored"] = len(kept) > 1  # a kind alone is nothing typed


@live_part
def _form(record: Record) -> None:
    patient = record.patient.id
    if st.session_state.pop("visit-restored", False):
        st.info(say("This is what you had typed before and not saved."))
    fill_from_template(patient)
    st.subheader(say("Measurements"), anchor=False)
    vital_fields(record)
    st.subheader(say("The visit"), anchor=False)
    _texts(record)
    st.subheader(say("Medicines"), anchor=False)
    _say_unchecked(record)
    medicine_rows.medicine_rows(patient)
    st.text_area(say("Treatment"), key=field_key(patient, "treatment"), height=80)
    st.text_area(say("Plan"), key=field_key(patient, "plan"), height=80)
    st.text_input(say("Come again (when and why)"), key=field_key(patient, "follow_up"))
    st.text_area(say("Notes"), key=field_key(patient, "notes"), height=100)
    _day_of_visit(patient)
    typed = _typed(patient)
    kept = None
    if any(value for field, value in typed.items() if field != "kind"):
        kept = keep_draft(current_desk(), patient, VISIT_DRAFT, typed)
    _buttons(record, typed)
    if kept:
        st.caption(say("Draft kept, {moment}.", moment=moment(current_desk().now)))
    if kept is False:
        st.warning(say("This is too long to be kept as a draft. Shorten it, or save it now."))


def _say_unchecked(record: Record) -> None:
    """Allergies nothing can be checked against, because their names are in no table."""
    allergies = [a for a in listed(record, Section.ALLERGIES) if isinstance(a, Allergy)]
    if unknown := [a.substance for a in allergies if not causes_in(a.substance)]:
        told = say("Medicines are not checked against: {list}", list=", ".join(unknown))
        st.caption(plain(told))


def _texts(record: Record) -> None:
    patient = record.patient.id
    st.selectbox(say("Kind of visit"), KIND_WORDS, format_func=say, key=field_key(patient, "kind"))
    st.text_input(say("Reason for the visit"), key=field_key(patient, "reason"), live=True)
    choose_template(record)
    st.text_area(say("History"), key=field_key(patient, "history"), height=80)
    st.text_area(say("Examination"), key=field_key(patient, "examination"), height=80)
    st.text_area(say("Diagnosis, one a line"), key=field_key(patient, "diagnoses"), height=80)


def _day_of_visit(patient: PatientId) -> None:
    """A visit is of today unless somebody says otherwise: a home visit written down later."""
    st.date_input(
        say("Day of the visit, if it was not today"),
        value=None,
        max_value=today().date(),
        key=field_key(patient, "day"),
        format="YYYY-MM-DD",
    )


def _typed(patient: PatientId) -> dict[str, Any]:
    fields = [*_TEXTS, *medicine_rows.FIELDS, *(sign.code for sign in VITAL_SIGNS)]
    held = {field: st.session_state.get(field_key(patient, field)) or "" for field in fields}
    typed = {field: value for field, value in held.items() if value}
    if day := st.session_state.get(field_key(patient, "day")):
        typed["day"] = day.isoformat()
    return typed | vitals_draft(patient)


def _buttons(record: Record, typed: dict[str, Any]) -> None:
    patient = record.patient.id
    try:
        sure = sure_of(read_vitals(typed), record.patient.details)
    except NotValid:
        sure = True  # it is said beside the field, and again when saving
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
        day = st.session_state.get(field_key(patient, "day"))
        write_visit(current_desk(), patient, as_visit(answered(typed), day))
    except MediLinkError as error:
        tell_error(error)
        return
    _forget(patient)
    remind_to_send(patient)
    st.session_state[VISIT_SAVED] = patient
    go_to("record")


def _forget(patient: PatientId) -> None:
    forget_template()
    for key in [key for key in st.session_state if str(key).startswith(f"visit-{patient}-")]:
        st.session_state.pop(key)


def as_visit(typed: dict[str, Any], day: date | None = None) -> NewVisit:
    """What was typed as a visit; `day` where it was not today. Raises NotANumber,
    NumberImpossible."""
    then = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    return NewVisit(
        kind=typed.get("kind") or KIND_WORDS[0],
        reason=typed.get("reason", ""),
        history=typed.get("history", ""),
        examination=typed.get("examination", ""),
        diagnoses=lines_of(typed.get("diagnoses", "")),
        medications=medicine_rows.prescribed(typed),
        treatment=typed.get("treatment", ""),
        plan=typed.get("plan", ""),
        follow_up=typed.get("follow_up", ""),
        notes=typed.get("notes", ""),
        vitals=read_vitals(typed),
        at=int(then.timestamp() * 1000) if then else None,
    )


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text that have something in them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())

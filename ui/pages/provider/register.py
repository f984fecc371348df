"""Register a patient: the fewest fields, people already here suspected while typing, the slip."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from medilink.acts.drafts import find_draft, keep_draft, throw_draft_away
from medilink.acts.merge import suspect
from medilink.acts.register import (
    Slip,
    TypedDetails,
    read_details,
    register_patient,
    suspected_duplicates,
)
from medilink.choices import SEX_WORDS
from medilink.errors import MediLinkError, NotValid
from medilink.people import Role, Sex
from ui.parts.desk import current_desk, go_to, put_on_desk
from ui.parts.person import facts, today
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.slip import show_slip
from ui.parts.telling import live_part, tell_error
from ui.words import say

DRAFT = "registration"
_FIELDS = tuple(TypedDetails.__dataclass_fields__)


def show() -> None:
    """For providers and administrators."""
    slip: Slip | None = st.session_state.get("slip")
    if slip:
        _show_slip(slip)
        return
    st.title(say("Register a patient"), anchor=False)
    _restore_draft()
    _form()


def _key(field: str) -> str:
    return f"register-{field}"


def _restore_draft() -> None:
    if _key("given") in st.session_state:
        return
    kept = find_draft(current_desk(), None, DRAFT)
    for field in _FIELDS:
        if field in kept:
            st.session_state[_key(field)] = kept[field]


def _typed() -> TypedDetails:
    values: dict[str, Any] = {f: st.session_state.get(_key(f)) or "" for f in _FIELDS}
    return TypedDetails(**(values | {"sex": values["sex"] or Sex.UNKNOWN.value}))


@live_part
def _form() -> None:
    desk = current_desk()
    left, right = st.columns(2)
    left.text_input(say("Given names"), key=_key("given"), live=True, autocomplete="off")
    right.text_input(say("Family name"), key=_key("family"), live=True, autocomplete="off")
    st.segmented_control(
        say("Sex"),
        [Sex.FEMALE.value, Sex.MALE.value, Sex.OTHER.value, Sex.UNKNOWN.value],
        format_func=lambda value: say(SEX_WORDS[Sex(value)]),
        key=_key("sex"),
    )
    left, right = st.columns(2)
    left.text_input(
        say("Birth date"),
        key=_key("birth_date"),
        live=True,
        placeholder="1984-05-23",
        help=say("Also 23/05/1984, or only 1984-05 or 1984."),
    )
    right.text_input(say("or age in years, if the date is not known"), key=_key("age"), live=True)
    left, right = st.columns(2)
    left.text_input(say("Phone"), key=_key("phone"), live=True, type="phone")
    right.text_input(say("Village or place"), key=_key("village"), live=True)
    typed = _typed()
    if any(value for name, value in asdict(typed).items() if name != "sex"):
        keep_draft(desk, None, DRAFT, asdict(typed))
    _show_suspects(typed)
    if st.button(say("Register"), type="primary", icon=":material/person_add:"):
        _register(typed)


def _show_suspects(typed: TypedDetails) -> None:
    desk = current_desk()
    if len(typed.given) + len(typed.family) < 4:
        return
    try:
        details = read_details(typed, desk.clinic.country, today().date())
    except NotValid:
        return  # said when the person registers, not while still typing
    suspects = suspected_duplicates(desk, details)
    if not suspects:
        return
    st.warning(say("Already registered? Check before you register a second time."))
    for patient in suspects:
        with st.container(border=True, horizontal=True, **SPREAD):
            name = plain(patient.details.full_name)
            st.markdown(f"**{name}**  \n{plain(' · '.join(facts(patient)))}")
            can_open = desk.who.role is Role.PROVIDER
            if can_open and st.button(say("It is this one"), key=f"same-{patient.id}"):
                put_on_desk(patient.id)
                st.session_state["find-typed"] = patient.medilink_id
                go_to("find")


def _register(typed: TypedDetails) -> None:
    desk = current_desk()
    try:
        details = read_details(typed, desk.clinic.country, today().date())
        alike = suspected_duplicates(desk, details)
        slip = register_patient(desk, details)
        suspect(desk, slip.patient, [known for known in alike if known.id != slip.patient.id])
        st.session_state["slip"] = slip
    except MediLinkError as error:
        tell_error(error)
        return
    throw_draft_away(desk, None, DRAFT)
    for field in _FIELDS:
        st.session_state.pop(_key(field), None)
    st.rerun()


def _show_slip(slip: Slip) -> None:
    """Shown once; the password is kept nowhere."""
    st.title(say("Registered"), anchor=False)
    show_slip(slip)
    provider = current_desk().who.role is Role.PROVIDER
    if provider and st.button(say("Open the record"), type="primary"):
        put_on_desk(slip.patient.id)
        st.session_state.pop("slip")
        go_to("record")
    if st.button(say("Register another patient")):
        st.session_state.pop("slip")
        st.rerun()

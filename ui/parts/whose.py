"""Whose record a patient works on: one's own, or that of a child one is guardian of."""

from __future__ import annotations

import streamlit as st

from medilink.acts.family import my_children, whose_record
from medilink.people import PatientId
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.words import say


def choose_person() -> PatientId:
    """A switch where there are children; the record chosen. Raises NotFound for an account that is
    no patient's."""
    desk = current_desk()
    me = whose_record(desk, None)
    children = {patient.id: patient.details.full_name for _, patient in my_children(desk)}
    if not children:
        return me
    names = {me: desk.who.display_name, **children}
    chosen = st.segmented_control(
        say("Whose record?"),
        list(names),
        default=st.session_state.get("whose", me) if st.session_state.get("whose") in names else me,
        required=True,
        format_func=lambda patient: plain(names[patient]),
        key="whose-control",
    )
    st.session_state["whose"] = chosen
    return whose_record(desk, PatientId(chosen) if chosen is not None else None)

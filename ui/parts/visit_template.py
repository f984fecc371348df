"""Templates on the visit page: the usual questions of a common reason, and only the answered ones
kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from medilink.people import PatientId
from medilink.records import Record
from medilink.templates import TEMPLATES, as_lines, templates_for, without_empty_lines
from ui.parts.vitals_form import days_lived, field_key
from ui.words import say

PROMPTED = ("history", "examination", "plan")


def choose_template(record: Record) -> None:
    """Prompts for a common reason, put where nothing is written yet."""
    details, patient = record.patient.details, record.patient.id
    offered = templates_for(days_lived(details), details.sex)
    chosen = st.selectbox(
        say("Begin with a template"),
        offered,
        index=None,
        format_func=lambda one: say(one.reason),
        placeholder=say("None"),
        key=field_key(patient, "template"),
    )
    if chosen is None or st.session_state.get("template-taken") == (patient, chosen.key):
        return
    st.session_state["template-taken"] = (patient, chosen.key)
    begun = {
        "reason": say(chosen.reason),
        "kind": chosen.kind,
        "history": as_lines(chosen.history, say),
        "examination": as_lines(chosen.examination, say),
        "plan": as_lines(chosen.plan, say),
    }
    empty = {
        field: text
        for field, text in begun.items()
        if field == "kind" or not st.session_state.get(field_key(patient, field))
    }
    st.session_state["template-texts"] = (patient, empty)
    st.rerun(scope="fragment")


def fill_from_template(patient: PatientId) -> None:
    """Before the fields are drawn: what a template just chosen puts into them."""
    waiting = st.session_state.pop("template-texts", None)
    if waiting and waiting[0] == patient:
        for field, text in waiting[1].items():
            st.session_state[field_key(patient, field)] = text


def answered(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without the questions of templates nobody answered."""
    prompts = {
        prompt for each in TEMPLATES for prompt in (*each.history, *each.examination, *each.plan)
    }
    return {
        field: without_empty_lines(text, prompts, say) if field in PROMPTED else text
        for field, text in typed.items()
    }


def forget_template() -> None:
    """The next visit may begin with the same one."""
    st.session_state.pop("template-taken", None)

"""Writing down a laboratory result: find the test, type the value, be asked once if it is odd."""

from __future__ import annotations

import streamlit as st

from medilink.acts.write_results import add_result
from medilink.errors import MediLinkError, NotValid
from medilink.laboratory import (
    QUESTION_WORDS,
    Question,
    check_result,
    find_tests,
    units_of,
)
from medilink.laboratory_tests import Kind, LabTest
from medilink.people import PatientId
from ui.parts.desk import current_desk, flash
from ui.parts.telling import tell_error
from ui.words import say


def show_add_result(patient: PatientId) -> None:
    """One result at a time."""
    again = st.session_state.get("results-added", 0)
    typed = st.text_input(say("Test (name or short name)"), key=f"test-typed-{again}") or ""
    found = find_tests(typed)
    if not found:
        if typed:
            st.info(say("No such test in the list. Try a shorter name."))
        return
    test = st.selectbox(say("Which test"), found, format_func=lambda one: say(one.name))
    if test is None:
        return
    value, unit = _value(test), ""
    units = units_of(test)
    if test.kind is Kind.NUMBER and len(units) > 1:
        unit = str(st.segmented_control(say("Unit"), units, default=units[0], required=True))
    day = st.text_input(say("Day of the sample, if it was not today")) or ""
    sure = _sure(test, value, unit)
    if st.button(say("Add the result"), type="primary"):
        if not sure:
            st.warning(say("Check the value, then tick that it is right."))
            return
        try:
            add_result(current_desk(), patient, test, check_result(test, value, unit), day=day)
        except MediLinkError as error:
            tell_error(error)
            return
        st.session_state["results-added"] = again + 1  # empty fields next time
        flash(say("Saved."))
        st.rerun()


def _value(test: LabTest) -> str:
    if test.kind is Kind.CHOICE:
        words = test.choices or {}
        return str(
            st.selectbox(say("Result"), list(words), format_func=lambda kept: say(words[kept]))
        )
    label = say("Result ({unit})", unit=test.shown) if test.shown else say("Result")
    return (
        st.text_input(label, key=f"value-{test.code}-{st.session_state.get('results-added', 0)}")
        or ""
    )


def _sure(test: LabTest, value: str, unit: str) -> bool:
    try:
        result = check_result(test, value, unit) if value else None
    except NotValid:
        return True  # said when it is saved
    if result is None or result.question is Question.NONE:
        return True
    asked = QUESTION_WORDS[result.question]
    return st.checkbox(say(asked, test=say(test.name), found=result.value, unit=test.shown))

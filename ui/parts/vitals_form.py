"""Typing measurements: one field each, the last value beside it, doubts said at once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from medilink.errors import NotValid
from medilink.people import PatientId
from medilink.records import Record
from medilink.vitals import VITAL_SIGNS, VitalSign, read_vital, unlikely_vitals
from ui.parts.chart import shown_value
from ui.parts.person import day
from ui.parts.telling import tell_error
from ui.words import say


def field_key(patient: PatientId, field: str) -> str:
    """Where what is typed in one field of a visit lies in the page's memory."""
    return f"visit-{patient}-{field}"


def vital_fields(record: Record) -> None:
    """A field for each sign, row by row: Tab and a phone follow the order of the form."""
    with st.container(key="vitals"):
        for left in range(0, len(VITAL_SIGNS), 2):
            pair = VITAL_SIGNS[left : left + 2]
            for column, sign in zip(st.columns(2), pair, strict=False):
                with column:
                    _vital_field(record, sign)


def _vital_field(record: Record, sign: VitalSign) -> None:
    last = record.latest(sign.code)
    label = f"{say(sign.name)} ({sign.shown_unit})"
    before = say("last: {value}, {day}", value=shown_value(last), day=day(last.at)) if last else ""
    key = field_key(record.patient.id, sign.code)
    value = st.text_input(label, key=key, placeholder=before, autocomplete="off", live="600ms")
    if value:
        try:
            read_vital(sign, value)
        except NotValid as wrong:
            tell_error(wrong)


def read_vitals(typed: Mapping[str, str]) -> dict[str, str]:
    """LOINC code → decimal text of what was typed. Raises NotANumber, NumberImpossible."""
    return {
        sign.code: read_vital(sign, typed[sign.code])
        for sign in VITAL_SIGNS
        if typed.get(sign.code)
    }


def sure_of(vitals: dict[str, str]) -> bool:
    """Whether nothing is unusual, or whoever measured says that it is right."""
    rare = unlikely_vitals(vitals)
    if not rare:
        return True
    listed = ", ".join(f"{say(sign.name)} {value} {sign.shown_unit}" for sign, value in rare)
    return st.checkbox(say("Unusual, but measured so: {list}", list=listed))

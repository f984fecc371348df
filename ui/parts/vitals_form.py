"""Typing measurements: one field each, the last value beside it, doubts said at once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from medilink.errors import NotValid
from medilink.people import PatientDetails, PatientId, age_in_days
from medilink.records import Record
from medilink.reference import YEAR, unlikely_vitals
from medilink.units import IMPERIAL, System, shown_unit
from medilink.vitals import HEAD, VITAL_BY_CODE, VITAL_SIGNS, VitalSign, read_vital
from ui.parts.chart import shown_value
from ui.parts.person import clock_in_doubt, day, today
from ui.parts.telling import tell_error
from ui.words import say

SYSTEM_WORDS = {System.METRIC: "°C, kg, cm", System.IMPERIAL: "°F, lb, in"}
UNITS = "units"
CLEARED = "units-cleared"
HEAD_UNTIL_YEARS = 5


def field_key(patient: PatientId, field: str) -> str:
    """Where what is typed in one field of a visit lies in the page's memory."""
    return f"visit-{patient}-{field}"


def days_lived(details: PatientDetails) -> float | None:
    """How old somebody is today, in days; None where that is not known, or not to be
    computed because the clock is in doubt."""
    if clock_in_doubt():
        return None
    return age_in_days(details.birth_date, today().date())


def vital_fields(record: Record) -> None:
    """A field for each sign, row by row: Tab and a phone follow the order of the form."""
    age = days_lived(record.patient.details)
    small = age is not None and age < HEAD_UNTIL_YEARS * YEAR
    signs = [sign for sign in VITAL_SIGNS if small or sign.code != HEAD]
    with st.container(key="vitals"):
        for left in range(0, len(signs), 2):
            for column, sign in zip(st.columns(2), signs[left : left + 2], strict=False):
                with column:
                    _vital_field(record, sign)
    st.segmented_control(
        say("Units"),
        list(SYSTEM_WORDS),
        default=System.METRIC,
        required=True,
        format_func=lambda system: SYSTEM_WORDS[system],
        key=UNITS,
        on_change=_forget_other_units,
        args=(record.patient.id,),
    )
    if st.session_state.pop(CLEARED, False):
        st.info(say("The unit was changed, so what was typed in the other one was cleared."))


def _forget_other_units(patient: PatientId) -> None:
    """150 typed as pounds must not be kept as kilograms."""
    for code in IMPERIAL:
        if st.session_state.get(field_key(patient, code)):
            st.session_state[field_key(patient, code)] = ""
            st.session_state[CLEARED] = True


def vitals_draft(patient: PatientId) -> dict[str, str]:
    """What was typed so far, with the unit it was typed in."""
    typed = {
        sign.code: value
        for sign in VITAL_SIGNS
        if (value := st.session_state.get(field_key(patient, sign.code)))
    }
    return {UNITS: system_in_use().value, **typed} if typed else {}


def restore_vitals(patient: PatientId, kept: Mapping[str, str]) -> bool:
    """Put a draft back into the fields, before they are drawn; whether there was something."""
    if UNITS in kept:
        st.session_state[UNITS] = System(kept[UNITS])
    typed = {sign.code: kept[sign.code] for sign in VITAL_SIGNS if kept.get(sign.code)}
    for code, value in typed.items():
        st.session_state.setdefault(field_key(patient, code), value)
    return bool(typed)


def system_in_use() -> System:
    """The units whoever types here has chosen."""
    return System(st.session_state.get(UNITS) or System.METRIC)


def _vital_field(record: Record, sign: VitalSign) -> None:
    last = record.latest(sign.code)
    label = f"{say(sign.name)} ({shown_unit(sign.code, sign.shown_unit, system_in_use())})"
    before = say("last: {value}, {day}", value=shown_value(last), day=day(last.at)) if last else ""
    key = field_key(record.patient.id, sign.code)
    value = st.text_input(label, key=key, placeholder=before, autocomplete="off", live="600ms")
    if value:
        try:
            read_vital(sign, value, system_in_use())
        except NotValid as wrong:
            tell_error(wrong)


def read_vitals(typed: Mapping[str, str]) -> dict[str, str]:
    """LOINC code → decimal text of what was typed, in the kept unit. Raises NotANumber,
    NumberImpossible."""
    return {
        sign.code: read_vital(sign, typed[sign.code], system_in_use())
        for sign in VITAL_SIGNS
        if typed.get(sign.code)
    }


def sure_of(vitals: dict[str, str], details: PatientDetails) -> bool:
    """Whether nothing is unusual at this age, or whoever measured says that it is right."""
    rare = unlikely_vitals(vitals, days_lived(details), details.sex)
    if not rare:
        return True
    told = [
        f"{say(VITAL_BY_CODE[code].name)} {value} {VITAL_BY_CODE[code].shown_unit}"
        for code, value in rare
    ]
    return st.checkbox(say("Unusual, but measured so: {list}", list=", ".join(told)))

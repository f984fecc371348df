"""The medicines of a visit: a row each and one empty row more; reactions are said at once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from medilink.acts.prescribe import reactions
from medilink.errors import MediLinkError, Missing
from medilink.people import PatientId
from medilink.prescribing import Tie, Warning, known  # noqa: A004 the clinic's own word
from medilink.visits import Prescribed
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.parts.vitals_form import field_key
from ui.words import say

NOT_CHECKED_WORDS = ("Not checked against allergies: this medicine is not in MediLink's list.",)
MOST_ROWS = 12
_PARTS = ("name", "dose", "frequency", "override")
FIELDS = tuple(f"med-{row}-{part}" for row in range(MOST_ROWS) for part in _PARTS)


def medicine_rows(patient: PatientId) -> None:
    """Draw the rows."""
    for row in range(_filled(patient) + 1):
        columns = st.columns([3, 2, 2])
        name = columns[0].text_input(say("Medicine"), key=_key(patient, row, "name"), live=True)
        columns[1].text_input(say("Dose"), key=_key(patient, row, "dose"), live=True)
        columns[2].text_input(say("How often"), key=_key(patient, row, "frequency"))
        _forget_reason_for_another(patient, row, name)
        if name:
            _say_reactions(patient, row, name)


def _key(patient: PatientId, row: int, part: str) -> str:
    return field_key(patient, f"med-{row}-{part}")


def _filled(patient: PatientId) -> int:
    """How many rows from the top to the last one with something in it, at most one less than
    there can be."""
    rows = [r for r in range(MOST_ROWS) if st.session_state.get(_key(patient, r, "name"))]
    return min(max(rows, default=-1) + 1, MOST_ROWS - 1)


def _forget_reason_for_another(patient: PatientId, row: int, name: str) -> None:
    """A reason belongs to the medicine it was typed for."""
    place = f"reason-for-{_key(patient, row, 'name')}"
    before = st.session_state.get(place)
    if before is not None and before != name:
        st.session_state.pop(_key(patient, row, "override"), None)
    st.session_state[place] = name


def _say_reactions(patient: PatientId, row: int, name: str) -> None:
    try:
        found = reactions(current_desk(), patient, [name]).get(name, [])
    except MediLinkError as error:
        tell_error(error)
        return
    for warning in found:
        st.error(plain(reaction_words(warning)), icon=":material/warning:")
    if found:
        st.text_input(say("Why it is given all the same"), key=_key(patient, row, "override"))
    elif not known(name):
        st.caption(say(NOT_CHECKED_WORDS[0]))


def reaction_words(warning: Warning) -> str:
    """Why an allergy speaks against a medicine, as it is said before saving."""
    reaction = warning.allergy.reaction or say("not known")
    told = {"allergy": warning.allergy.substance, "reaction": reaction}
    if warning.tie in (Tie.SAME, Tie.NAMED):
        return say("The patient reacts to {allergy}: {reaction}.", **told)
    told |= {"medicine": warning.medicine, "group": say(warning.group)}
    if warning.tie is Tie.CLASS:
        return say(
            "The patient reacts to {allergy} ({reaction}), and {medicine} is of the same kind:"
            " {group}.",
            **told,
        )
    return say(
        "The patient reacts to {allergy} ({reaction}); some people then react to {medicine} too.",
        **told,
    )


def prescribed(typed: Mapping[str, str]) -> tuple[Prescribed, ...]:
    """The rows that name a medicine. Raises Missing for a dose of nothing."""
    rows = [[typed.get(f"med-{row}-{part}") or "" for part in _PARTS] for row in range(MOST_ROWS)]
    if any(not row[0].strip() and (row[1].strip() or row[2].strip()) for row in rows):
        raise Missing(field="Medicine")
    return tuple(Prescribed(*(part.strip() for part in row)) for row in rows if row[0].strip())

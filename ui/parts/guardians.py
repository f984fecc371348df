"""A child's guardians: who they are, recording one, ending one."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.family import end_guardian, guardians_of, link_guardian
from medilink.errors import MediLinkError
from medilink.family import Relation, grown_up_at
from medilink.people import Patient
from ui.parts.desk import current_desk, flash
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say

RELATION_WORDS = {
    Relation.MOTHER: "Mother",
    Relation.FATHER: "Father",
    Relation.GRANDPARENT: "Grandparent",
    Relation.GUARDIAN: "Guardian",
}


def show_guardians(child: Patient) -> None:
    """For staff; nothing for adults."""
    desk = current_desk()
    grown = grown_up_at(child.details.birth_date, desk.clinic.adult_age)
    if grown is not None and desk.now >= grown:
        return
    st.subheader(say("Guardians"), anchor=False)
    for link, person in guardians_of(desk, child.id):
        with st.container(horizontal=True):
            words = say(RELATION_WORDS[link.relation])
            st.markdown(f"{plain(person.details.full_name)} · {words} · {person.medilink_id}")
            if st.button(say("End"), key=f"end-guardian-{link.id}"):
                _try(lambda link=link: end_guardian(desk, link))  # type: ignore[misc]
    with st.expander(say("Record a guardian"), icon=":material/family_restroom:"):
        st.caption(
            say(
                "A guardian sees and shares this record until the child is {years} years old.",
                years=desk.clinic.adult_age,
            )
        )
        with st.form("guardian", border=False):
            typed = st.text_input(say("MediLink ID of the guardian")) or ""
            relation = st.selectbox(
                say("Relation"), list(Relation), format_func=lambda one: say(RELATION_WORDS[one])
            )
            if st.form_submit_button(say("Save")):
                _try(lambda: link_guardian(desk, child.id, typed, Relation(str(relation))))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()

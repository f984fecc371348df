"""Notices: what happened that is my business; newest first."""

from __future__ import annotations

import streamlit as st

from medilink.acts.family import my_children
from medilink.acts.notices import (
    mark_all_read,
    mark_read,
    my_notices,
    switch_off,
    switched_off,
)
from medilink.notices import ALWAYS_ON, KIND_WORDS, RULES, Kind, Notice, Told
from medilink.people import PatientId, Role
from ui.parts.desk import current_desk
from ui.parts.log_words import entry_words
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.words import say


def show() -> None:
    """For every role."""
    st.title(say("Notices"), anchor=False)
    found = my_notices(current_desk())
    if not found:
        st.info(say("Nothing to tell."))
    if any(not notice.read for notice in found) and st.button(
        say("Mark all as read"), icon=":material/done_all:"
    ):
        mark_all_read(current_desk(), found)
        st.rerun()
    children = {who.id: who.details.full_name for _, who in my_children(current_desk())}
    for notice in found:
        _line(notice, children.get(notice.entry.patient or PatientId(0), ""))
    _choices()


def _line(notice: Notice, child: str) -> None:
    """`child`: whom it is about, where that is not the reader."""
    with st.container(border=True, horizontal=True, **SPREAD):
        new = "" if notice.read else f":blue-badge[{say('New')}] "
        told = plain(entry_words(notice.entry, own=False))
        title = f"{plain(child)}: {say(notice.title)}" if child else say(notice.title)
        st.markdown(f"{new}**{title}**  \n{plain(moment(notice.entry.at))} · {told}")
        if not notice.read and st.button(say("Read"), key=f"read-{notice.entry.seq}"):
            mark_read(current_desk(), [notice])
            st.rerun()


def _choices() -> None:
    desk = current_desk()
    offered = _offered(desk.who.role)
    folded = st.expander(say("What to be told of"), key="choices", on_change="rerun")
    if not folded.open:
        return
    with folded:
        off = switched_off(desk)
        wanted = {
            kind: st.checkbox(
                say(KIND_WORDS[kind]), kind not in off, disabled=kind in ALWAYS_ON, key=f"on-{kind}"
            )
            for kind in offered
        }
        if st.button(say("Save"), type="primary"):
            switch_off(desk, [kind for kind, on in wanted.items() if not on])
            st.rerun()


def _offered(role: Role) -> list[Kind]:
    to = {
        Role.PATIENT: {Told.PATIENT},
        Role.ADMIN: {Told.ADMINS},
        Role.PROVIDER: {Told.PROVIDERS, Told.NAMED},
    }.get(role, set())
    return [kind for kind in Kind if any(r.kind is kind and r.told in to for r in RULES)]

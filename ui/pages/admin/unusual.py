"""Unusual access: what the rules found in the log, looked at by a person and decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from medilink.acts.look_back import name_patients, named_patients
from medilink.acts.staff import list_staff
from medilink.acts.unusual import (
    dismiss,
    entries_of,
    escalate,
    list_unusual,
    look_through_when_due,
    reopen,
)
from medilink.errors import MediLinkError
from medilink.people import AccountId, PatientId
from medilink.unusual.flags import Flag, FlagState, Rule
from ui.parts.desk import current_desk, flash, go_to, show_flash
from ui.parts.flag_words import STATE_WORDS, flag_words
from ui.parts.log_words import entry_html
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error
from ui.words import say

OPEN, DECIDED = "open", "decided"
SHOWN_WORDS = {OPEN: "Waiting", DECIDED: "Decided"}
LOOK_EVERY_MS = 10 * 60_000
ENTRIES_SHOWN = 30
Staff = Mapping[AccountId, str]
Patients = Mapping[PatientId, str]


def show() -> None:
    """For administrators: those that wait, or those that were decided."""
    st.title(say("Unusual access"), anchor=False)
    st.caption(
        say("A mark is a question, not an accusation: look at the entries, ask, then decide.")
    )
    show_flash()
    desk = current_desk()
    look_through_when_due(desk, LOOK_EVERY_MS)
    shown = st.segmented_control(
        say("Which"),
        list(SHOWN_WORDS),
        format_func=lambda which: say(SHOWN_WORDS[which]),
        default=OPEN,
        required=True,
        label_visibility="collapsed",
    )
    flags = list_unusual(desk, opened=shown == OPEN)
    if not flags:
        st.info(say("Nothing unusual is waiting.") if shown == OPEN else say("Nothing is decided."))
    staff = {account.id: account.title for account in list_staff(desk)}
    about = {flag.patient for flag in flags if flag.patient is not None}
    patients = name_patients(desk, about)
    for flag in flags:
        with st.container(border=True):
            _flag(flag, staff, patients)
    _what_rules_cannot_see()


def _flag(flag: Flag, staff: Staff, patients: Patients) -> None:
    told = plain(flag_words(flag, staff, patients))
    if st.session_state.get("flag") == flag.id:
        st.markdown(f"**{told}**{_decision(flag, staff)}")
        _look_closer(flag)
        return
    with st.container(horizontal=True, **SPREAD):
        st.markdown(f"{told}{_decision(flag, staff)}")
        if flag.rule is Rule.EMERGENCY and flag.state is FlagState.OPEN:
            if st.button(say("Review it"), key=f"review-{flag.id}"):
                go_to("emergencies")
        elif st.button(say("Look closer"), key=f"closer-{flag.id}"):
            st.session_state["flag"] = flag.id
            st.rerun()


def _decision(flag: Flag, staff: Staff) -> str:
    if flag.state is FlagState.OPEN or flag.decided_at is None:
        return ""
    who = staff.get(flag.decided_by, "") if flag.decided_by is not None else ""
    parts = [say(STATE_WORDS[flag.state]), who, moment(flag.decided_at), flag.reason]
    return "  \n" + plain(" · ".join(part for part in parts if part))


def _look_closer(flag: Flag) -> None:
    if flag.rule is not Rule.EMERGENCY:
        if flag.state is not FlagState.DISMISSED:
            _decide(flag)
        elif st.button(say("Take it up again"), key=f"reopen-{flag.id}"):
            _try(lambda: reopen(current_desk(), flag.id), say("It waits again."))
    entries = entries_of(current_desk(), flag)
    shown = [replace(entry, sections=()) for entry in entries[:ENTRIES_SHOWN]]
    names = named_patients(current_desk(), shown)
    lines = [
        entry_html(entry, own=False, about=names.get(entry.patient, "") if entry.patient else "")
        for entry in shown
    ]
    st.caption(
        say(
            "Entries {first} to {last} of the log; {shown} of {count} shown.",
            first=flag.first_seq,
            last=flag.last_seq,
            shown=len(lines),
            count=len(entries),
        )
    )
    st.html('<ul class="ml-log">' + "".join(lines) + "</ul>")


def _decide(flag: Flag) -> None:
    with st.form(f"decide-{flag.id}", border=False):
        reason = st.text_input(say("What you found out"), max_chars=500) or ""
        fine, report = st.columns(2)
        in_order = fine.form_submit_button(say("It is in order"), type="primary")
        reported = flag.state is FlagState.OPEN and report.form_submit_button(
            say("Report it to the other administrators")
        )
    if in_order:
        _try(lambda: dismiss(current_desk(), flag.id, reason), say("Saved."))
    if reported:
        _try(lambda: escalate(current_desk(), flag.id, reason), say("The others are told."))


def _try(act: Callable[[], None], done: str) -> None:
    try:
        act()
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop("flag", None)
    flash(done)
    st.rerun()


def _what_rules_cannot_see() -> None:
    st.caption(
        say(
            "What the rules cannot see: one stranger's record, opened once; relatives with another"
            " name and phone; whoever writes something only to look busy; several people doing the"
            " same together; and an unusual hour in a clinic that works day and night."
        )
    )

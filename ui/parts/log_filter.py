"""What an administrator looks for in the log: the filter, and filters that are kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from medilink.acts.log_views import LONGEST_NAME, drop_view, keep_view, kept_views
from medilink.acts.look_back import name_patients
from medilink.acts.staff import list_staff
from medilink.audit import Act, Outcome
from medilink.clock import EARLIEST
from medilink.errors import MediLinkError
from medilink.log_views import ALL_TIME, FROM_TO, LogView, view_as_text, view_from_text
from medilink.people import AccountId, PatientId
from ui.parts.desk import current_desk, current_session, flash
from ui.parts.likely_patient import choose_likely_patient
from ui.parts.log_words import ACT_WORDS, OUTCOME_WORDS
from ui.parts.person import plain_day, today
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error
from ui.words import say

PERIOD_WORDS = {1: "Today", 7: "7 days", 30: "30 days", ALL_TIME: "All", FROM_TO: "From – to"}
LIMIT = "log-limit"
NAME = "log-filter-name"
WHO, WHAT, OUTCOME, WHEN = "log-who", "log-what", "log-outcome", "log-when"
FIRST, LAST, PATIENT, ARCHIVE = "log-first", "log-last", "log-patient", "log-archive"


def show_filter() -> LogView | None:
    """Draw it. What is looked for; None where no such patient is here."""
    held = _held()
    for key, value in _values(held).items():
        st.session_state.setdefault(key, value)
    with st.expander(say("Filter"), icon=":material/filter_alt:", key="log-filter"):
        view = _fields(held)
    if view is not None and view != held:
        current_session().log_view = view_as_text(view)
        st.session_state.pop(LIMIT, None)
    with st.expander(say("Saved filters"), icon=":material/bookmark:", key="log-saved"):
        _saved(view or held)
    if view is not None:
        st.caption(plain(say("Shown: {what}", what=" · ".join(view_words(view)))))
    return view


def _held() -> LogView:
    """What this session looked for last, also before a reload."""
    text = current_session().log_view
    return view_from_text(text) if text else LogView()


def _values(view: LogView) -> dict[str, Any]:
    """What stands in each field for a filter."""
    return {
        WHO: view.account,
        WHAT: list(view.acts),
        OUTCOME: view.outcome or None,
        WHEN: view.days,
        FIRST: _day(view.first),
        LAST: _day(view.last),
        PATIENT: _medilink_id(view.patient),
        ARCHIVE: view.archive,
    }


def _day(kept: str) -> date | None:
    """A kept day as the field takes it: none that is later than today's clock says."""
    if not kept:
        return None
    return max(EARLIEST.date(), min(date.fromisoformat(kept), today().date()))


def _medilink_id(patient: int | None) -> str:
    if patient is None:
        return ""
    wanted = PatientId(patient)
    return name_patients(current_desk(), [wanted]).get(wanted, "")


def _fields(held: LogView) -> LogView | None:
    people = {account.id: account.title for account in list_staff(current_desk())}
    left, right = st.columns(2)
    left.selectbox(
        say("Who"),
        list(people),
        format_func=people.__getitem__,
        index=None,
        placeholder=say("Everybody"),
        key=WHO,
    )
    right.multiselect(
        say("What"),
        [act.value for act in ACT_WORDS],
        format_func=lambda act: say(ACT_WORDS[Act(act)]),
        placeholder=say("Everything"),
        key=WHAT,
    )
    left, right = st.columns(2)
    left.selectbox(
        say("Outcome"),
        [outcome.value for outcome in OUTCOME_WORDS],
        format_func=lambda outcome: say(OUTCOME_WORDS[outcome]),
        index=None,
        placeholder=say("Any outcome"),
        key=OUTCOME,
    )
    right.selectbox(
        say("When"),
        list(PERIOD_WORDS),
        format_func=lambda days: say(PERIOD_WORDS[days]),
        key=WHEN,
    )
    if st.session_state[WHEN] == FROM_TO:
        left, right = st.columns(2)
        ends = {"min_value": EARLIEST.date(), "max_value": today().date()}
        span: dict[str, Any] = {"value": None, "format": "YYYY-MM-DD", **ends}
        left.date_input(say("From"), key=FIRST, **span)
        right.date_input(say("To"), key=LAST, **span)
    st.text_input(say("Patient (name or MediLink ID)"), max_chars=200, key=PATIENT)
    patient = _patient(held)
    st.toggle(say("Look into the archived part too"), key=ARCHIVE)
    return None if patient == NOBODY else _view(patient)


NOBODY = -1


def _patient(held: LogView) -> int | None:
    """The patient who is meant by what was typed; NOBODY where there is none."""
    typed = st.session_state[PATIENT].strip()
    if not typed:
        return None
    if held.patient is not None and typed == _medilink_id(held.patient):
        return held.patient
    found = choose_likely_patient(typed, "log-which-patient")
    return found[0] if found else NOBODY


def _view(patient: int | None) -> LogView:
    state = st.session_state
    from_to = state[WHEN] == FROM_TO
    first, last = (state.get(key) if from_to else None for key in (FIRST, LAST))
    return LogView(
        account=state[WHO],
        patient=patient,
        acts=tuple(state[WHAT]),
        outcome=state[OUTCOME] or "",
        days=state[WHEN],
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        archive=state[ARCHIVE],
    )


def view_words(view: LogView) -> list[str]:
    """What is looked for, as long as the fields are folded."""
    ends = (_day(kept) for kept in (view.first, view.last))
    days = " – ".join(plain_day(end) if end else "…" for end in ends)
    staff = {account.id: account.title for account in list_staff(current_desk())}
    words = [
        days if view.days == FROM_TO else say(PERIOD_WORDS[view.days]),
        staff.get(AccountId(view.account), str(view.account)) if view.account else "",
        _medilink_id(view.patient),
        ", ".join(say(ACT_WORDS[Act(act)]) for act in view.acts if act in ACT_WORDS),
        say(OUTCOME_WORDS[Outcome(view.outcome)]) if view.outcome else "",
        say("with the archived part") if view.archive else "",
    ]
    return [word for word in words if word]


# ---- filters that are kept


def _saved(view: LogView) -> None:
    for name, kept in kept_views(current_desk()).items():
        with st.container(horizontal=True, **SPREAD):
            st.markdown(plain(name))
            with st.container(horizontal=True, width="content"):
                st.button(say("Use"), key=f"use-{name}", on_click=_use, args=(kept,))
                st.button(say("Delete"), key=f"drop-{name}", on_click=_drop, args=(name,))
    with st.form("save-log-filter", border=False, clear_on_submit=True):
        st.text_input(say("Name of the filter"), max_chars=LONGEST_NAME, key=NAME)
        st.caption(say("Do not write a patient's name here."))
        if st.form_submit_button(say("Save this filter"), icon=":material/bookmark_add:"):
            _save(st.session_state[NAME], view)


def _use(view: LogView) -> None:
    current_session().log_view = view_as_text(view)
    st.session_state.pop(LIMIT, None)
    st.session_state.update(_values(view))


def _drop(name: str) -> None:
    drop_view(current_desk(), name)


def _save(name: str, view: LogView) -> None:
    try:
        keep_view(current_desk(), name, view)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("The filter is saved."))
    st.rerun()

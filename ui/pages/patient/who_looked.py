"""Who looked at my record: every access, refused ones too, newest first, in words; receipts of the
list, and the list to take along."""

from __future__ import annotations

import streamlit as st

from medilink.acts.credentials import see_cards
from medilink.acts.look_back import (
    keeps_older_parts,
    who_looked_at_my_record,
    who_opened_lately,
)
from medilink.acts.question_access import my_questions
from medilink.audit import AuditEntry
from medilink.days import DAY_MS
from medilink.looking import LATELY_DAYS, Show, Wanted, people_in
from medilink.people import PatientId
from medilink.questioning import Question
from ui.parts.ask_about import offer_to_ask, show_asked
from ui.parts.check_receipt import show_check_receipt
from ui.parts.desk import current_desk, show_flash
from ui.parts.log_receipt import show_receipt_to_take
from ui.parts.looked_words import by_day, told_html
from ui.parts.person import today
from ui.parts.plain import plain
from ui.parts.provider_card import show_card
from ui.parts.tabs import show_tabs
from ui.parts.take_list import show_take_list
from ui.parts.whose import choose_person
from ui.words import say, say_many

AT_ONCE = 30  # entries, each with its button: an old phone draws no more in a second
SHOW_WORDS = {
    Show.OTHERS: "Other people",
    Show.REFUSED: "Refused",
    Show.EMERGENCY: "Emergency",
    Show.EVERYTHING: "Everything",
}
PERIOD_WORDS = {0: "All", 7: "7 days", 30: "30 days", 366: "One year"}
LIMIT, ARCHIVE, WANTED = "looked-limit", "looked-archive", "looked-wanted"


def show() -> None:
    """The patient's view of the log."""
    st.title(say("Who looked at my record"), anchor=False)
    whose = choose_person()
    show_flash()
    _summary(whose)
    show_tabs(
        {
            say("The list"): lambda: _list(whose),
            say("Receipts"): lambda: _receipts(whose),
            say("Take along"): lambda: show_take_list(
                whose, st.session_state.get(WANTED) or Wanted(Show.OTHERS)
            ),
        },
        key="looked-tabs",
    )


def _summary(whose: PatientId) -> None:
    count = len(who_opened_lately(current_desk(), whose))
    told = say_many(
        "{number} person opened this record in the last {days} days.",
        "{number} people opened this record in the last {days} days.",
        count,
        days=LATELY_DAYS,
    )
    if not count:
        told = say("Nobody else opened this record in the last {days} days.", days=LATELY_DAYS)
    st.markdown(f"**{plain(told)}**")


def _receipts(whose: PatientId) -> None:
    show_receipt_to_take(whose)
    show_check_receipt(whose)


def _list(whose: PatientId) -> None:
    desk = current_desk()
    wanted = _filter(whose)
    if wanted != st.session_state.get(WANTED):
        st.session_state[WANTED] = wanted
        st.session_state.pop(LIMIT, None)
    limit = st.session_state.get(LIMIT, AT_ONCE)
    found = who_looked_at_my_record(desk, patient=whose, wanted=wanted, limit=limit + 1)
    if not found:
        st.info(say("Nobody yet."))
    questions = my_questions(desk, whose)
    for day, entries in by_day(found[:limit]):
        st.subheader(day, anchor=False)
        for entry in entries:
            with st.container(gap=None):
                _entry(entry, questions.get(entry.seq, []), whose)
    _older(more=len(found) > limit, limit=limit)
    st.caption(say("Nobody can change this list unnoticed: take a receipt and check it later."))
    _show_people(found[:limit])


def _entry(entry: AuditEntry, asked: list[Question], whose: PatientId) -> None:
    desk = current_desk()
    own = entry.account == desk.who.id
    st.html(told_html(entry, own=own, clinic=desk.clinic.name))
    show_asked(asked)
    if not any(one.is_open for one in asked):
        offer_to_ask(entry.seq, whose, own=own)


def _filter(whose: PatientId) -> Wanted:
    desk = current_desk()
    show = st.segmented_control(
        say("Show"),
        list(Show),
        default=Show.OTHERS,
        required=True,
        format_func=lambda choice: say(SHOW_WORDS[choice]),
        label_visibility="collapsed",
    )
    archive = bool(st.session_state.get(ARCHIVE))
    folded = st.expander(say("Only one person, or a time"), icon=":material/filter_list:")
    everyone = Wanted(archive=archive)
    people = people_in(who_looked_at_my_record(desk, patient=whose, wanted=everyone, limit=500))
    left, right = folded.columns(2)
    who = left.selectbox(
        say("Who"),
        list(people),
        format_func=lambda one: people.get(one, ""),
        index=None,
        placeholder=say("Everybody"),
        key=f"looked-who-{whose}",
    )
    period = right.selectbox(
        say("When"), list(PERIOD_WORDS), format_func=lambda one: say(PERIOD_WORDS[one])
    )
    midnight = today().replace(hour=0, minute=0, second=0, microsecond=0)
    since = int(midnight.timestamp() * 1000) - (period - 1) * DAY_MS if period else None
    return Wanted(Show(show or Show.OTHERS), who or "", since, archive)


def _older(*, more: bool, limit: int) -> None:
    """More of what is there, and then of what was put away."""
    if more:
        if st.button(say("Show older entries")):
            st.session_state[LIMIT] = limit + AT_ONCE
            st.rerun()
    elif not st.session_state.get(ARCHIVE) and keeps_older_parts(current_desk()):
        st.caption(say("Entries of years ago are kept in the archive of the clinic."))
        if st.button(say("Look further back"), icon=":material/history:"):
            st.session_state[ARCHIVE] = True
            st.rerun()


def _show_people(entries: list[AuditEntry]) -> None:
    """Who they are: the cards of those in the list."""
    accounts = {entry.account for entry in entries}
    folded = st.expander(say("Who are these people?"), key="cards", on_change="rerun")
    if folded.open:
        with folded:
            for card in see_cards(current_desk()):
                if card.account in accounts:
                    show_card(card)

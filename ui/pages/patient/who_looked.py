"""Who looked at my record: every access, refused ones too, newest first, in words."""

from __future__ import annotations

import streamlit as st

from medilink.acts.credentials import see_cards
from medilink.acts.look_back import PAGE_ENTRIES, who_looked_at_my_record
from ui.parts.desk import current_desk
from ui.parts.log_words import entry_html
from ui.parts.provider_card import show_card
from ui.parts.whose import choose_person
from ui.words import say

EVERYBODY, OTHERS, REFUSED = "everybody", "others", "refused"
_CHOICE_WORDS = {OTHERS: "Other people", EVERYBODY: "Everybody", REFUSED: "Only refused"}


def show() -> None:
    """The patient's view of the log."""
    desk = current_desk()
    st.title(say("Who looked at my record"), anchor=False)
    st.caption(say("Nobody can change or delete this list, not even the clinic."))
    wanted = st.segmented_control(
        say("Show"),
        list(_CHOICE_WORDS),
        default=OTHERS,
        required=True,
        format_func=lambda choice: say(_CHOICE_WORDS[choice]),
        label_visibility="collapsed",
    )
    whose = choose_person()
    limit = st.session_state.get("looked-limit", PAGE_ENTRIES)
    entries = who_looked_at_my_record(desk, patient=whose, limit=limit)
    me = desk.who.id
    shown = [
        entry
        for entry in entries
        if wanted == EVERYBODY
        or (wanted == OTHERS and entry.account != me)
        or (wanted == REFUSED and entry.outcome == "refused")
    ]
    if not shown:
        st.info(say("Nobody yet."))
    lines = [entry_html(entry, own=entry.account == me) for entry in shown]
    st.html('<ul class="ml-log">' + "".join(lines) + "</ul>")
    _show_people({entry.account for entry in shown})
    if len(entries) == limit and st.button(say("Show older entries")):
        st.session_state["looked-limit"] = limit + PAGE_ENTRIES
        st.rerun()


def _show_people(accounts: set[int | None]) -> None:
    """Who they are: the cards of those in the list."""
    folded = st.expander(say("Who are these people?"), key="cards", on_change="rerun")
    if folded.open:
        with folded:
            for card in see_cards(current_desk()):
                if card.account in accounts:
                    show_card(card)

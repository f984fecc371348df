"""A fresh key for the records, when somebody may know what opens them."""

from __future__ import annotations

import streamlit as st

from medilink.acts.staff import list_staff
from medilink.people import Role
from ui.house import the_house
from ui.new_data_key import NewKeyAsked, begin_new_key
from ui.parts.desk import current_desk
from ui.parts.long_work import Work, typed_here, working
from ui.words import say

WORK = "new-key-work"


def show() -> None:
    """What it does, then the words and the password."""
    st.title(say("A new key for the records"), anchor=False)
    if working(WORK):
        return
    st.write(
        say(
            "When somebody may know a passphrase or has a copy of the key file: the records are"
            " written anew under a fresh key, and nothing of before opens them."
        )
    )
    st.markdown(
        "\n".join(
            f"- {line}"
            for line in (
                say("All are signed out. Nobody can work until it is done."),
                say("Your password and the recovery sheet open the records afterwards."),
                say("Other administrators can unlock again once they have signed in."),
                say("If it is your own password that is known, change it first, under My account."),
                say("Codes and cards patients carry stay good."),
                say("Backups made before still open with their recovery words: keep them safe."),
            )
        )
    )
    with st.form("new-key", border=False):
        words = st.text_area(
            say("The words of the recovery sheet, in order"),
            help=say("24 words, or all words of two of three sheets."),
            key="new-key-words",
        )
        password = st.text_input(
            say("Your own password"),
            type="password",
            autocomplete="current-password",
            key="new-key-password",
        )
        anew = _choose_anew()
        go = st.form_submit_button(
            say("Give the records a new key"), type="primary", icon=":material/key:"
        )
    if go:
        _begin(NewKeyAsked((words or "").strip(), password or "", anew))


def _choose_anew() -> bool:
    """Whether the other administrators choose a new password, where there are any."""
    desk = current_desk()
    if not any(Role.ADMIN in one.roles and one.id != desk.who.id for one in list_staff(desk)):
        return True
    return st.checkbox(
        say("The other administrators choose a new password when they next sign in"),
        value=True,
        help=say(
            "Leave this on if somebody may have seen or heard a password: the old one would unlock"
            " the records again."
        ),
        key="new-key-anew",
    )


def _begin(asked: NewKeyAsked) -> None:
    house, desk = the_house(), current_desk()
    work = Work(3, typed_here("new-key-", ("new-key-password", WORK)))
    work.begin(lambda one: begin_new_key(house, desk, asked, one.step))
    st.session_state[WORK] = work
    st.rerun()

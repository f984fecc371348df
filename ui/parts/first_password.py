"""First passwords of new accounts, shown once to whoever hands them over."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.people import Account
from ui.words import say

_SHOWN = "first-passwords"


def keep_first_passwords(*made: tuple[Account, str]) -> None:
    """To be shown from the next page drawn on, until somebody says that it is done; those that wait
    stay, but for older ones of the same accounts."""
    anew = {account.id for account, _ in made}
    waiting: tuple[tuple[Account, str], ...] = st.session_state.get(_SHOWN, ())
    st.session_state[_SHOWN] = (*(one for one in waiting if one[0].id not in anew), *made)


def show_first_passwords() -> None:
    """Those that were kept, if any."""
    shown: tuple[tuple[Account, str], ...] = st.session_state.get(_SHOWN, ())
    if not shown:
        return
    st.write(say("Hand this over in person. It is shown only now."))
    for account, password in shown:
        lines = (
            (say("Name"), account.display_name),
            (say("User name"), account.user_name),
            (say("First password, to be changed at the first sign-in"), password),
        )
        body = "".join(f'<dt>{escape(k)}</dt><dd dir="auto">{escape(v)}</dd>' for k, v in lines)
        st.html(f'<dl class="ml-slip">{body}</dl>')
    if st.button(say("Done")):
        st.session_state.pop(_SHOWN)
        st.rerun()

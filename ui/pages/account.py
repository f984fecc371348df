"""My account: language, password, and in which role to go on."""

from __future__ import annotations

import streamlit as st

from medilink.acts.my_account import choose_language, work_as
from medilink.people import Account, Role
from ui.house import the_house
from ui.parts.desk import current_desk, current_session, flash, show_flash
from ui.parts.plain import plain
from ui.words import languages, say, spoken

WORK_WORDS = {
    Role.PROVIDER: "Go on as one who treats patients",
    Role.ADMIN: "Go on as administrator",
}


def show() -> None:
    """For everybody."""
    st.title(say("My account"), anchor=False)
    show_flash()
    who = current_desk().who
    st.markdown(f"**{plain(who.title)}**  \n{plain(who.user_name)}")
    _language()
    _roles(who)
    st.subheader(say("Password"), anchor=False)
    st.html(f'<a class="ml-link" href="/new-password" target="_self">{say("Choose a new one")}</a>')


def _language() -> None:
    known = languages()
    chosen = st.radio(
        say("Language"),
        list(known),
        index=list(known).index(spoken()),
        format_func=lambda code: known[code],
        key=f"language-{spoken()}",
    )
    if chosen and chosen != spoken():
        changed = choose_language(current_desk(), chosen)
        the_house().sessions.speak(changed.id, changed.language)
        st.rerun()


def _roles(who: Account) -> None:
    for role in who.more_roles:
        if st.button(say(WORK_WORDS[role]), icon=":material/swap_horiz:", key=f"as-{role}"):
            current_session().account = work_as(current_desk(), role)
            current_session().seen.clear()
            current_session().patient = None
            st.session_state.clear()
            flash(say("You go on in another role."))
            st.rerun()

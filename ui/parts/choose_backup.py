"""Choosing a checked backup of this clinic to look into."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backup.looking_back import Offered
from medilink.desk import Desk
from ui.house import MEDILINK_ITSELF, the_house
from ui.looking_back import offered_here
from ui.parts.drill_words import kind_words
from ui.parts.lived_words import lived_words
from ui.parts.person import moment
from ui.parts.telling import told
from ui.rounds import places_switched_on
from ui.words import say

WANTED = "backup-wanted"


def choose_backup(look: Callable[[Offered], None], *, which: str, none: str) -> None:
    """Every checked backup that is known here, the newest first; `look` is called with the one that
    was chosen. `which` says which one to choose, `none` what to do where there is none."""
    house = the_house()
    itself = house.desk().signed_in_as(MEDILINK_ITSELF)
    offered = offered_here(house, places_switched_on(itself))
    if not offered:
        st.info(none)
        return
    wanted: Offered | None = st.session_state.pop(WANTED, None)
    if wanted is not None:
        told(look)(wanted)
    place = st.selectbox(
        say("Which backup"),
        range(len(offered)),
        format_func=lambda number: _words(itself, offered[number]),
        help=which,
    )
    if st.button(say("Look into it"), type="primary", icon=":material/history:"):
        st.session_state[WANTED] = offered[place]
        st.rerun()


def _words(desk: Desk, offered: Offered) -> str:
    said = [moment(offered.kept.at), kind_words(offered.place.key)]
    if lived := lived_words(desk, offered.kept.at):
        said.append(lived)
    return " · ".join(said)

"""Saying that this computer's clock cannot be believed, on every page of the staff, until it is set
or confirmed."""

from __future__ import annotations

import streamlit as st

from medilink.acts.staff import confirm_clock
from medilink.clock import Doubt
from medilink.people import Role
from ui.house import the_house
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.words import say


def show_clock_doubt() -> None:
    """Nothing where there is nothing to doubt, and nothing to patients: they cannot set it."""
    watch = the_house().clock
    if watch.doubt is Doubt.NONE or current_desk().who.role is Role.PATIENT:
        return
    wall = moment(int(watch.wall().timestamp() * 1000))
    known = moment(int(watch.known.timestamp() * 1000))
    if watch.doubt is Doubt.BEHIND:
        told = say(
            "The clock of the clinic's computer says {wall}, but entries were written here on"
            " {known}. Set the date and time of the computer. Until then ages are not computed and"
            " what is written is marked.",
            wall=wall,
            known=known,
        )
    else:
        told = say(
            "The clock of the clinic's computer says {wall}; the entry before is of {known}. If the"
            " date is wrong, set it. If it is right, an administrator confirms it under Settings.",
            wall=wall,
            known=known,
        )
    st.warning(told, icon=":material/schedule:")


def show_confirm_clock() -> None:
    """For an administrator who knows the date."""
    watch = the_house().clock
    if watch.doubt is Doubt.NONE:
        return
    st.subheader(say("Date and time"), anchor=False)
    now = moment(int(watch.wall().timestamp() * 1000))
    if st.button(say("It is right: {moment}", moment=now), icon=":material/schedule:"):
        confirm_clock(current_desk(), watch)
        flash(say("Saved."))
        st.rerun()

"""Restore drills: could this clinic be restored?"""

from __future__ import annotations

import streamlit as st

from backup.archive import Progress
from medilink.acts.back_up_places import chosen_places
from medilink.drills import Drill
from ui.drills import drill_now
from ui.house import the_house
from ui.parts.desk import current_desk, show_flash
from ui.parts.drills import show_drills
from ui.rounds import places_switched_on
from ui.words import say


def show() -> None:
    """How it stands, one at once, and those there were."""
    st.title(say("Restore drills"), anchor=False)
    st.write(
        say(
            "Every month MediLink restores the newest backup of every place into a copy, checks all"
            " of it, signs in and opens a record there. The report is for an inspector."
        )
    )
    show_flash()
    show_drills(current_desk(), _hold)


def _hold(progress: Progress) -> Drill:
    desk = current_desk()
    names = {one.key: one.name for one in chosen_places(desk)}
    return drill_now(the_house(), desk, places_switched_on(desk), names, progress)

"""Restore drills: whether this clinic could be restored, shown by doing it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from backup.archive import Progress
from medilink.acts.drill import kept_drills, no_drill_since
from medilink.desk import Desk
from medilink.drills import Drill, drill_overdue
from ui.parts.desk import current_desk, flash
from ui.parts.drill_files import drill_report
from ui.parts.drill_words import came_words, place_words, time_words, verdict_words
from ui.parts.making_file import make_with_progress
from ui.parts.person import day, moment
from ui.parts.plain import plain
from ui.parts.telling import told
from ui.words import say

WANTED, REPORT = "drill-wanted", "drill-report"
SHOWN = 24  # two years of months

Hold = Callable[[Progress], Drill]


def show_drills(desk: Desk, hold: Hold) -> None:
    """How it stands, a drill at once, and those there were. `hold` makes one."""
    show_standing(desk)
    if st.session_state.pop(WANTED, False):
        told(_hold)(hold)
    if st.button(say("Try it now"), type="primary", icon=":material/restore_page:"):
        st.session_state[WANTED] = True
        st.rerun()
    st.caption(
        say(
            "It takes as long as restoring would. Everybody can go on working. Nothing of any"
            " record is shown, and the copy is deleted."
        )
    )
    st.header(say("Drills so far"), anchor=False)
    drills = kept_drills(desk)
    if not drills:
        st.caption(
            say("There was none yet. The first one is held by itself after the first backup.")
        )
    for drill in drills[:SHOWN]:
        _show(drill)


def show_standing(desk: Desk) -> None:
    """When a restore was last shown to work, in red where that is too long ago."""
    since = no_drill_since(desk)
    if since is None:
        st.info(say("There is no backup yet, so there is nothing to restore."))
    elif drill_overdue(since, desk.now):
        st.error(
            plain(
                say(
                    "Nobody knows whether this clinic could be restored: no drill has passed since"
                    " {day}. Plug in the stick with the backups and try it now.",
                    day=day(since),
                )
            ),
            icon=":material/error:",
        )
    elif passed := next((one for one in kept_drills(desk) if one.passed), None):
        st.success(
            plain(say("A restore worked on {day}.", day=day(passed.at))),
            icon=":material/check_circle:",
        )
    else:
        st.warning(say("No restore was shown to work yet."), icon=":material/warning:")


def _hold(hold: Hold) -> None:
    drill = make_with_progress(hold, say("Backups are being restored and checked …"))
    flash(verdict_words(drill))
    st.rerun()


def _show(drill: Drill) -> None:
    with st.container(border=True):
        icon = ":material/check_circle:" if drill.passed else ":material/error:"
        st.markdown(f"{icon} **{plain(moment(drill.at))}** · {plain(verdict_words(drill))}")
        lines = [
            f"- {plain(place_words(one))}: {plain(came_words(one))}"
            + (f" ({plain(time_words(one.took))})" if one.steps else "")
            for one in drill.tried
        ]
        st.markdown("\n".join(lines))
        if not drill.passed:
            st.caption(
                say(
                    "Make a new backup and try again. If that fails too, take another stick or"
                    " folder, and keep the older backups."
                )
            )
        told(_report)(drill)


def _report(drill: Drill) -> None:
    """Sealed when it is asked for: each seal is an entry of the log."""
    made: tuple[int, bytes] | None = st.session_state.get(REPORT)
    if made is None or made[0] != drill.number:
        if st.button(
            say("Make the report"), key=f"report-{drill.number}", icon=":material/summarize:"
        ):
            st.session_state[REPORT] = (drill.number, drill_report(current_desk(), drill))
            st.rerun()
        return
    st.download_button(
        say("Save as PDF"),
        made[1],
        file_name=f"restore-drill-{drill.number}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        key=f"save-{drill.number}",
    )

"""Restore: everything as it was when a backup was made."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from backup.format import Label
from medilink.acts.replace_store import Lost, lost_since
from medilink.errors import LiesElsewhere, RestoreNotAccepted, WordsNeeded
from ui.coming_back import day_of
from ui.house import the_house
from ui.parts.desk import current_desk, go_to, show_flash
from ui.parts.long_work import Work, typed_here, working
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.replaced import show_replaced
from ui.parts.restore_from import choose_backup_to_restore
from ui.parts.telling import tell_error, told
from ui.restoring_here import (
    Asked,
    Found,
    begin_restore,
    label_with,
    other_key,
)
from ui.words import say, say_error, say_many

WORK = "restore-work"


def show() -> None:
    """Which backup, what it holds, what would be lost; then the day, typed, and the password."""
    st.title(say("Restore"), anchor=False)
    show_flash()
    if working(WORK):
        return
    st.write(
        say(
            "Puts everything back to how it was when a backup was made. What was written since is"
            " lost to everybody. Ask your colleagues to stop first: all are signed out."
        )
    )
    if st.button(say("Settings and staff from an old backup"), icon=":material/history:"):
        go_to("own-from-backup")
    chosen = choose_backup_to_restore()
    if chosen:
        told(_one)(chosen)
    told(show_replaced)()


# ---- what it holds


def _one(found: Found) -> None:
    if found.trouble is not None:
        tell_error(found.trouble)
        return
    words = ""
    if found.label is None or other_key(current_desk(), found.label):
        words = _words()
        if not words:
            return
    try:
        label = label_with(current_desk(), found.path, words)
    except WordsNeeded as error:
        tell_error(error)
        return
    except OSError:  # a stick that was pulled out since it was looked through
        tell_error(LiesElsewhere(place=found.path.parent))
        return
    _show_label(label)
    _show_lost(lost_since(current_desk(), label.log))
    _accept(found.path, words, label)


def _words() -> str:
    """The recovery words of another time; they stay in this field only."""
    st.caption(say_error(WordsNeeded()))
    typed = st.text_area(
        say("The recovery words of that backup, in order"),
        help=say("24 words, or all words of two of three sheets."),
        key="restore-typed-words",
    )
    return (typed or "").strip()


def _show_label(label: Label) -> None:
    says = label.says
    with st.container(border=True):
        st.markdown(f"**{plain(says.clinic)}**")
        made = say("Made {moment}", moment=moment(says.at))
        people = say_many("{number} patient", "{number} patients", says.patients)
        entries = say_many(
            "{number} entry in the log", "{number} entries in the log", label.log.size
        )
        st.markdown(f"{plain(made)}  \n{plain(people)}  \n{plain(entries)}")


def _show_lost(lost: Lost) -> None:
    if not lost.known:
        st.warning(
            say(
                "What would be lost cannot be counted: this backup is of another clinic, or from"
                " the time before an earlier restore. All of the present records are replaced."
            ),
            icon=":material/warning:",
        )
        return
    if not (lost.written or lost.people or lost.changed):
        st.info(say("Nothing was written in a record since."))
        return
    parts = []
    if lost.written:
        parts.append(
            say_many(
                "{number} visit or entry in records",
                "{number} visits or entries in records",
                lost.written,
            )
        )
    if lost.people:
        parts.append(
            say_many("{number} person registered", "{number} people registered", lost.people)
        )
    if lost.changed:
        parts.append(say_many("{number} correction", "{number} corrections", lost.changed))
    told_all = "  \n".join(f"• {plain(part)}" for part in parts)
    st.warning(f"{say('Lost if you go on:')}  \n{told_all}", icon=":material/warning:")


# ---- and now it is meant


def _accept(file: Path, words: str, label: Label) -> None:
    day = day_of(label)
    with st.form("restore", border=False):
        typed = st.text_input(
            say("Type the day of the backup: {day}", day=day),
            autocomplete="off",
            key=f"restore-typed-day-{file}",  # typed for this backup and no other
        )
        password = st.text_input(
            say("Your own password"),
            type="password",
            autocomplete="current-password",
            key=f"restore-password-{file}",
        )
        go = st.form_submit_button(
            say("Restore this backup"), type="primary", icon=":material/settings_backup_restore:"
        )
    st.caption(
        say(
            "First a backup is made of how everything is now. If anything goes wrong, everything"
            " stays as it is."
        )
    )
    if go and (typed or "").strip() != day:
        tell_error(RestoreNotAccepted(day=day))
    elif go:
        asked = Asked(file, words, password or "", (typed or "").strip())
        _begin(asked)


def _begin(asked: Asked) -> None:
    house, desk = the_house(), current_desk()
    work = Work(3, typed_here("restore-typed-"))
    work.begin(lambda one: begin_restore(house, desk, asked, one.step))
    st.session_state[WORK] = work
    st.rerun()

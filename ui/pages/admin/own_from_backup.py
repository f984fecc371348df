"""The clinic's settings, staff and what else is no patient's, as an old backup has them, and
brought back without a restore."""

from __future__ import annotations

import streamlit as st

from backup.looking_back import Offered
from medilink.acts.bring_own_back import (
    BroughtBack,
    bring_own_back,
    check_may_look,
    compare_own,
)
from medilink.clinics_own import Different, OwnPast, PlaceThen, StaffPart, StaffThen
from medilink.errors import EditedMeanwhile
from medilink.people import Account, Role
from ui.house import the_house
from ui.looking_back import look_at_own_here
from ui.parts.begin_at import only_here
from ui.parts.choose_backup import choose_backup
from ui.parts.desk import current_desk, flash, go_to, show_flash
from ui.parts.first_password import keep_first_passwords, show_first_passwords
from ui.parts.making_file import make_with_progress
from ui.parts.own_then import show_own_then
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error, told
from ui.rounds import begin_round
from ui.words import say, say_many

PAST, SEEN, DRAWN, MOVED = "own-past", "own-seen", "own-drawn", "own-moved"


def show() -> None:
    """Choose a backup, tick what is to come back, say why."""
    st.title(say("Settings and staff from an old backup"), anchor=False)
    show_flash()
    show_first_passwords()
    told(_show)()
    if st.button(say("Back to Backups"), icon=":material/backup:"):
        _forget()
        go_to("backups")


def _show() -> None:
    check_may_look(current_desk())
    only_here(PAST, SEEN)
    past: OwnPast | None = st.session_state.get(PAST)
    if past and past.looked == current_desk().who.id:
        _compare(past)
        return
    _forget()
    st.write(
        say(
            "To bring back a setting, an account, a saved filter or a place of backups that was"
            " lost or changed by mistake. Nothing of a patient is opened. It is on record that you"
            " looked."
        )
    )
    choose_backup(
        _look,
        which=say("The newest in which it was still as it should be."),
        none=say("No checked backup is known here. Press Back up now on the page Backups."),
    )


def _forget() -> None:
    """What was read is in this page's memory only, and goes when it is left."""
    for key in (PAST, SEEN):
        st.session_state.pop(key, None)


def _look(wanted: Offered) -> None:
    st.session_state[PAST] = make_with_progress(
        lambda progress: look_at_own_here(the_house(), current_desk(), wanted, progress),
        say("The backup is being opened and checked …"),
    )
    st.rerun()


# ---- what is different


def _compare(past: OwnPast) -> None:
    stands = compare_own(current_desk(), past)
    if SEEN not in st.session_state:  # what is ticked is what was seen, not what a redraw finds
        st.session_state[SEEN] = stands
        st.session_state[DRAWN] = st.session_state.get(DRAWN, 0) + 1
    st.subheader(plain(say("Backup of {moment}", moment=moment(past.made_at))), anchor=False)
    if st.session_state.pop(MOVED, False):
        tell_error(EditedMeanwhile(theirs=stands))
    seen: tuple[Different, ...] = st.session_state[SEEN]
    if seen:
        _offer(past, seen)
    else:
        st.success(
            say("Nothing is different: all of it stands today as in this backup."),
            icon=":material/check_circle:",
        )
    if st.button(say("Look into another backup"), icon=":material/history:"):
        _forget()
        st.rerun()


def _offer(past: OwnPast, seen: tuple[Different, ...]) -> None:
    st.write(say("Only what is different is listed. What was added since stays as it is."))
    with st.form("bring-own-back", border=False):
        ticked = show_own_then(seen, st.session_state[DRAWN])
        why = st.text_input(say("Why is it brought back?"), help=say("It stands in the log."))
        password = st.text_input(
            say("Your own password"), type="password", autocomplete="current-password"
        )
        sure = st.form_submit_button(
            say("Bring back what is ticked"), type="primary", icon=":material/restore:"
        )
    if sure:
        told(_bring)(past, ticked, why or "", password or "")


def _bring(past: OwnPast, ticked: list[Different], why: str, password: str) -> None:
    try:
        brought = bring_own_back(current_desk(), past, ticked, why=why, password=password)
    except EditedMeanwhile:
        st.session_state.pop(SEEN)
        st.session_state[MOVED] = True
        st.rerun()
    _forget()
    keep_first_passwords(*brought.passwords)  # first: nothing else will ever tell them
    _takes_hold(brought)
    count = len(brought.rows)
    flash(say_many("{number} thing was brought back.", "{number} things were brought back.", count))
    st.rerun()


def _takes_hold(brought: BroughtBack) -> None:
    """As on the pages where each of them is changed otherwise: whoever has other rights signs in
    anew, and who is no administrator any more unlocks nothing."""
    house = the_house()
    house.clinic_changed()
    if any(isinstance(one, PlaceThen) for one in brought.rows):
        begin_round(house)
    unlock_no_more: list[Account] = []
    for one in brought.rows:
        if not isinstance(one, StaffThen) or one.today is None:
            continue
        house.sessions.end_all_of(one.today.id)
        off = one.part is StaffPart.SWITCH and one.then.disabled
        no_admin = one.part is StaffPart.ROLES and Role.ADMIN not in one.then.roles
        if off or no_admin:
            unlock_no_more.append(one.today)
    house.unlockers.drop_passphrases(unlock_no_more)

"""Backups: whether the records are safe, where, and one more now."""

from __future__ import annotations

import streamlit as st

from backup.recovery import words_open_backups
from backup.schedule import Concern
from backup.standing import next_due
from medilink.acts.back_up import recovery_key_held
from medilink.acts.back_up_places import ask_for_backup, chosen_places
from medilink.errors import MediLinkError
from security.slots import read_slots
from ui.house import the_house
from ui.parts.backup_banner import BACKUPS, Worry, here, say_worry, show_way_out, worst
from ui.parts.backup_choose import show_add_place
from ui.parts.backup_places import beside_records, show_places
from ui.parts.backup_words import names_of, round_words, step_words
from ui.parts.desk import current_desk, go_to, show_flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error, told
from ui.rounds import begin_round, remembered
from ui.words import say

ASKED, SAID = "backup-asked", "backup-said"
SAID_FOR_MS = 5 * 60_000  # what came of it; later the state below says more


def show() -> None:
    """The state, the button, the places."""
    st.title(say("Backups"), anchor=False)
    show_flash()
    if recovery_key_held(current_desk()) is None:
        _ask_words()
        return
    _said()
    _state()
    if the_house().backing_up.busy or st.session_state.get(ASKED):
        st.fragment(told(_under_way), run_every=1)()
    elif st.button(say("Back up now"), type="primary", icon=":material/backup:"):
        _begin()
    show_places()
    show_add_place()
    if st.button(say("Settings and staff from an old backup"), icon=":material/history:"):
        go_to("own-from-backup")


def _begin() -> None:
    ask_for_backup(current_desk())
    st.session_state[ASKED] = True
    st.session_state.pop(SAID, None)
    begin_round(the_house(), at_once=True)
    st.rerun()


def _state() -> None:
    found, house = here(), the_house()
    worry = worst(current_desk(), found)
    if worry is not None:
        _say_worry(worry)
    elif found.verified_at is None:
        st.info(say("The first backup is made in a few minutes."), icon=":material/schedule:")
    else:
        _say_where(found.verified_at, found.where)
    if not house.config.own_backups:
        st.info(say("MediLink was started so that it makes no backups by itself."))
    elif found.verified_at is not None:
        due = next_due(remembered(house), house.clock().astimezone())
        at = moment(int(due.timestamp() * 1000))
        st.caption(say("Next: {moment}, or when this computer is on after that.", moment=at))


def _say_worry(worry: Worry) -> None:
    if worry.page != BACKUPS:
        say_worry(worry, "")
        show_way_out(worry)
    elif worry.level is Concern.RED:
        say_worry(worry, say("Press Back up now. What stands in the way is said below."))
    else:
        say_worry(worry, "")


def _say_where(verified_at: int, keys: tuple[str, ...]) -> None:
    places = chosen_places(current_desk())
    elsewhere = [one.name for one in places if one.key in keys and not beside_records(one)]
    if not elsewhere:
        text = say(
            "Last verified backup: {moment}, on this computer only.", moment=moment(verified_at)
        )
        st.warning(text, icon=":material/warning:")
        return
    text = say(
        "The records are safe. Last verified backup: {moment} ({where}).",
        moment=moment(verified_at),
        where=", ".join(elsewhere),
    )
    st.success(plain(text), icon=":material/check_circle:")


def _under_way() -> None:
    """How far it is; when it is done, what came of it."""
    work = the_house().backing_up
    names = names_of(chosen_places(current_desk()))
    step = work.step
    if work.busy:
        share = min(step.done / step.of, 1.0) if step and step.of else 0.0
        words = step_words(step, names) if step else say("The backup begins …")
        st.progress(share, plain(words))
        st.caption(say("You can leave this page; it goes on."))
        return
    if st.session_state.get(ASKED):
        # Not a flash: a redraw that is overtaken by the next one would have shown it to nobody.
        now = current_desk().now
        st.session_state[SAID] = (now, *round_words(work.last, names))
        st.session_state[ASKED] = False
    st.rerun()


def _said() -> None:
    at, good, bad = st.session_state.get(SAID, (0, "", []))
    if current_desk().now - at > SAID_FOR_MS:
        return
    if good:
        st.success(plain(good), icon=":material/check_circle:")
    for trouble in bad:
        st.error(plain(trouble), icon=":material/error:")


def _ask_words() -> None:
    """A clinic from before there were backups."""
    st.warning(
        say(
            "No backup can be made yet. Backups are sealed so that only the 24 words of the"
            " recovery sheet open them. Get the sheet and type the words once; then backups are"
            " made by themselves."
        ),
        icon=":material/warning:",
    )
    with st.form("recovery-words"):
        words = st.text_input(
            say("The 24 words, with spaces between them"), type="password", autocomplete="off"
        )
        if not st.form_submit_button(say("Make the first backup"), type="primary"):
            return
    try:
        words_open_backups(current_desk(), read_slots(the_house().config.slots_file), words or "")
    except MediLinkError as error:
        tell_error(error)
        return
    _begin()

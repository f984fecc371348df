"""Recovery words that were replaced: which backups still need them, and trying them out."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from backup.found import backups_found, folders_to_look_in
from backup.looking import Looked, open_with_words
from backup.sealed_to import SealedTo, by_recovery_key
from medilink.acts.back_up import backup_keys_kept
from ui.house import the_house
from ui.openers import open_one_of_each
from ui.parts.desk import current_desk
from ui.parts.person import day, moment
from ui.parts.plain import plain
from ui.parts.telling import told
from ui.words import say, say_error

_LOOKED = "keys-looked"


def show_old_words() -> None:
    """The recovery words of older backups, and two ways to find out whether they open them."""
    keys, backups = backup_keys_kept(current_desk())
    sealed = by_recovery_key(keys, backups)
    if not sealed:
        return
    st.subheader(say("Which words open which backups"), anchor=False)
    looked: list[Looked] = st.session_state.get(_LOOKED, [])
    for one in sealed:
        _line(one, next((done for done in looked if done.sealed.key == one.key), None))
    if st.button(say("Open one backup of each"), icon=":material/fact_check:"):
        told(_look)(sealed)
    with st.expander(say("Try recovery words on a backup"), icon=":material/key_vertical:"):
        told(_try_words)()


def _line(one: SealedTo, looked: Looked | None) -> None:
    name = say("The words that count now") if one.key.current else say("Words that were replaced")
    facts = [say("since {moment}", moment=moment(one.key.since))]
    facts.append(say("Backups: {number}", number=len(one.backups)))
    if one.backups:
        first, last = day(one.backups[-1].at), day(one.backups[0].at)
        facts.append(say("from {first} to {last}", first=first, last=last))
    st.markdown(f"**{name}**  \n{plain(' · '.join(facts))}")
    if looked is None or not one.backups:
        return
    if looked.row is None:
        st.info(say("None of these backups is within reach: plug the stick in, and try again."))
    elif looked.trouble is None:
        st.success(
            say("The backup of {moment} opened and is whole.", moment=moment(looked.row.at)),
            icon=":material/check_circle:",
        )
    else:
        st.error(plain(say_error(looked.trouble)), icon=":material/block:")


def _look(sealed: list[SealedTo]) -> None:
    with st.spinner(say("Backups are opened …")):
        st.session_state[_LOOKED] = open_one_of_each(the_house(), current_desk(), sealed)
    st.rerun()


def _try_words() -> None:
    found = backups_found(folders_to_look_in(the_house().config.data_dir))
    with st.form("try-words", border=False):
        chosen = st.selectbox(
            say("Backup"),
            [str(one.path) for one in found],
            index=None,
            placeholder=say("Choose one that was found"),
        )
        typed = st.text_input(say("Or where it is on this computer"))
        words = st.text_area(say("24 words, or the words of two sheets"), height=120)
        if not st.form_submit_button(say("Try them")):
            return
    path = Path((typed or "").strip() or chosen or "")
    label = open_with_words(path, words or "")
    st.success(
        plain(
            say(
                "These words open it: backup {number} of {clinic}, made on {moment}.",
                number=label.says.generation,
                clinic=label.says.clinic,
                moment=moment(label.says.at),
            )
        ),
        icon=":material/check_circle:",
    )

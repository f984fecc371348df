"""Where a backup to restore is taken from: this computer, a place backups go to, another folder."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from backup.chosen import place_of
from backup.destinations import Place, plain_trouble
from backup.folder import FolderRoom
from backup.kept import Kept
from medilink.acts.back_up_places import chosen_places
from medilink.backup_places import ChosenPlace
from medilink.errors import MediLinkError
from ui.house import the_house
from ui.parts.desk import current_desk, flash
from ui.parts.lived_words import lived_words
from ui.parts.making_file import make_with_progress
from ui.parts.person import moment
from ui.parts.telling import tell_error
from ui.restore_choices import fetch_here
from ui.rounds import remembered
from ui.words import say

HERE, ELSEWHERE = "here", "elsewhere"
_WORDS = {HERE: "On this computer", ELSEWHERE: "In another folder or on a stick"}


def choose_folder_of_backups() -> Path | None:
    """The folder to look into; None while there is none to look into yet, which is said."""
    chosen = {one.key: one for one in chosen_places(current_desk()) if one.on}
    place = st.radio(
        say("Where is the backup?"),
        [HERE, *chosen, ELSEWHERE],
        format_func=lambda one: chosen[one].name if one in chosen else say(_WORDS[one]),
        key="restore-place",
    )
    if place in chosen:
        return _folder_at(chosen[place])
    return _typed() if place == ELSEWHERE else the_house().config.backups_dir


def _typed() -> Path | None:
    typed = st.text_input(
        say("Folder on this computer, or the stick"),
        placeholder="/media/stick",
        help=say("Write the whole path. The folder must be there already."),
        key="restore-folder",
    )
    path = Path((typed or "").strip())
    if path.is_file():
        path = path.parent
    if typed and not (path.is_absolute() and path.is_dir()):
        st.info(
            say(
                "No such folder here. Write its whole path, for example /media/stick, and plug the"
                " stick in first."
            )
        )
        return None
    return path if typed else None


def _folder_at(chosen: ChosenPlace) -> Path | None:
    """Where a stick or a share is now. From another computer a backup has to come here first."""
    try:
        place = place_of(chosen)
        with plain_trouble(0), place.enter() as room:
            if isinstance(room, FolderRoom):
                return room.folder
        _offer_to_fetch(chosen, place)
    except MediLinkError as error:
        tell_error(error)
    return None


def _offer_to_fetch(chosen: ChosenPlace, place: Place) -> None:
    held = remembered(the_house()).at(chosen.key).held
    newest_first = sorted(held, key=lambda kept: -kept.generation)
    if not newest_first:
        st.info(
            say(
                "MediLink does not know yet what lies there. Press Back up now under Backups first."
            )
        )
        return
    kept = st.selectbox(
        say("Backup of"),
        newest_first,
        format_func=_title,
        key=f"restore-fetch-{chosen.key}",
    )
    if st.button(say("Bring it to this computer first"), icon=":material/download:"):
        _fetch(place, kept)
        flash(say("It is here now: choose On this computer."))
        st.rerun()


def _title(kept: Kept) -> str:
    title = say("{moment} · number {number}", moment=moment(kept.at), number=kept.generation)
    lived = lived_words(current_desk(), kept.at)
    return f"{title} · {lived}" if lived else title


def _fetch(place: Place, kept: Kept) -> None:
    make_with_progress(
        lambda progress: fetch_here(the_house(), place, kept, progress),
        say("The backup is being brought here …"),
    )

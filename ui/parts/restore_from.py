"""Which backup to restore: by its day, wherever it lies."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from medilink.errors import PlaceAway
from ui.house import the_house
from ui.parts.begin_at import only_here
from ui.parts.desk import current_desk, flash
from ui.parts.lived_words import lived_words
from ui.parts.making_file import make_with_progress, page_left
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error, told
from ui.restore_choices import Choice, brought_here, choices_here, choices_in
from ui.restoring_here import Found
from ui.words import say

LOOKED, FETCHED = "restore-looked", "restore-fetched"


def choose_backup_to_restore() -> Found | None:
    """The one that was chosen, once it is on this computer; None until then, and why is said."""
    above = st.container()
    folder = _another_folder()
    with above:
        try:
            choices = {one.name: one for one in _looked(folder)}
        except OSError:
            tell_error(PlaceAway())
            return None
        if choices:
            return _choose(choices, folder)
        _tell_none(folder)
    return None


def _looked(folder: Path | None) -> list[Choice]:
    """Once, and not at each redraw: sticks and shares may be slow to answer. Raises OSError."""
    only_here(LOOKED, FETCHED)
    looked: tuple[Path | None, list[Choice]] | None = st.session_state.get(LOOKED)
    if looked is None or looked[0] != folder:
        desk = current_desk()
        looked = folder, choices_in(desk, folder) if folder else choices_here(the_house(), desk)
        st.session_state[LOOKED] = looked
    return looked[1]


def _choose(choices: dict[str, Choice], folder: Path | None) -> Found | None:
    names, fetched = list(choices), st.session_state.get(FETCHED, "")
    name = st.selectbox(
        say("Backup of"),
        names,
        index=names.index(fetched) if fetched in names else 0,
        format_func=lambda one: _title(choices[one]),
        key=f"restore-which-{folder}-{fetched}",  # what it is called changes when it is here
    )
    chosen = choices[name]
    st.caption(plain(_about(chosen)))  # on a phone the list cuts its lines
    if chosen.found is None:
        told(_offer_to_fetch)(chosen)
    return chosen.found


def _tell_none(folder: Path | None) -> None:
    if folder:
        st.info(say("No backups lie there."))
    else:
        st.info(say("No backup is known here. Press Back up now on the page Backups."))


# ---- in words


def _title(one: Choice) -> str:
    return " · ".join([_made(one), _where(one)])


def _made(one: Choice) -> str:
    number = one.generation
    if one.damaged:
        return say("number {number} · damaged", number=number)
    if not one.at:
        return say("number {number} · needs its recovery words", number=number)
    return say("{moment} · number {number}", moment=moment(one.at), number=number)


def _where(one: Choice) -> str:
    return one.where or say("on this computer")


def _about(one: Choice) -> str:
    epoch = one.found.label.epoch if one.found and one.found.label else b""
    lived = lived_words(current_desk(), one.at, epoch) if one.at else ""
    where = say("It lies here: {place}", place=_where(one))
    return " · ".join(part for part in (where, lived) if part)


# ---- where it is not listed, or not here


def _another_folder() -> Path | None:
    """A folder somebody typed; None where all places that are known are meant."""
    with st.expander(say("It is not in the list"), icon=":material/search:"):
        if st.button(say("Look again"), icon=":material/refresh:"):
            st.session_state.pop(LOOKED, None)
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
                    "No such folder here. Write its whole path, for example /media/stick, and plug"
                    " the stick in first."
                )
            )
            return None
    return path if typed else None


def _offer_to_fetch(chosen: Choice) -> None:
    if st.button(say("Bring it to this computer first"), icon=":material/download:"):
        left = page_left()
        make_with_progress(
            lambda progress: brought_here(the_house(), current_desk(), chosen, progress, left),
            say("The backup is being brought here …"),
        )
        st.session_state.pop(LOOKED, None)
        st.session_state[FETCHED] = chosen.name
        flash(say("It is here now."))
        st.rerun()

"""Which backup to restore: by its day, wherever it lies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import streamlit as st

from medilink.errors import BackupTooNew, MediLinkError, PlaceAway
from ui.house import the_house
from ui.parts.backup_words import left_words
from ui.parts.begin_at import only_here
from ui.parts.desk import current_desk
from ui.parts.lived_words import lived_words
from ui.parts.making_file import page_left
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error, told
from ui.restore_choices import Choice, Choices, choices_here, choices_in, to_bring_here
from ui.restoring_here import Found
from ui.words import say, say_error

LOOKED, ASK_FAR = "backups-looked", "backups-ask-far"
WATCHED, CAME = "backups-watched", "backups-came"
_FOLDER = "restore-typed-folder"


def choose_backup_to_restore() -> Found | None:
    """The one that was chosen, once it is on this computer; None until then, and why is said."""
    only_here(LOOKED, ASK_FAR, CAME)
    told(_on_its_way)()
    above = st.container()
    typed, folder = _another_folder()
    if typed and folder is None:
        return None  # not another list: whoever typed a folder means that one
    with above:
        try:
            looked = _looked(folder)
        except (OSError, MediLinkError):
            tell_error(PlaceAway())
            return None
        for where, trouble in looked.troubles.items():
            st.warning(plain(f"{where or say('on this computer')}: {say_error(trouble)}"))
        if looked.backups:
            return _choose(looked, folder)
        _tell_none(folder)
    return None


def _looked(folder: Path | None) -> Choices:
    """Once, and not at each redraw: sticks and shares may be slow to answer. Raises OSError,
    PlaceTooSlow."""
    looked: tuple[Path | None, Choices] | None = st.session_state.get(LOOKED)
    if looked is None or looked[0] != folder:
        desk, ask_far = current_desk(), st.session_state.get(ASK_FAR, False)
        with st.spinner(say("Backups are being looked for …")):
            left = page_left()
            if folder:
                looked = folder, choices_in(desk, folder, left)
            else:
                looked = folder, choices_here(the_house(), desk, left, ask_far=ask_far)
        st.session_state[LOOKED] = looked
    return looked[1]


def _choose(looked: Choices, folder: Path | None) -> Found | None:
    choices = {one.name: one for one in looked.backups}
    titles = _titles(looked)
    came = st.session_state.get(CAME, ("", None))[0]
    names = list(choices)
    name = st.selectbox(
        say("Backup of"),
        names,
        index=names.index(came) if came in names else 0,
        format_func=titles.__getitem__,
        key=f"restore-typed-which-{folder}-{came}",  # its title changes when it is here
    )
    chosen = choices[name]
    st.caption(plain(_about(chosen)))
    if chosen.found is None:
        told(_offer_to_fetch)(chosen)
    return chosen.found


def _tell_none(folder: Path | None) -> None:
    if folder:
        st.info(say("No backups lie there."))
    else:
        st.info(say("No backup is known here. Press Back up now on the page Backups."))


# ---- in words


def _titles(looked: Choices) -> dict[str, str]:
    """By file name; it is added where two would read the same."""
    titles = {one.name: f"{_made(one)} · {_where(one)}" for one in looked.backups}
    often = Counter(titles.values())
    return {
        name: f"{title} · {name}" if often[title] > 1 else title for name, title in titles.items()
    }


def _made(one: Choice) -> str:
    number, found = one.generation, one.found
    if found and isinstance(found.trouble, BackupTooNew):
        return say("number {number} · made by a newer MediLink", number=number)
    if one.damaged:
        return say("number {number} · damaged", number=number)
    if not one.at:
        return say("number {number} · needs its recovery words", number=number)
    return say("{moment} · number {number}", moment=moment(one.at), number=number)


def _where(one: Choice) -> str:
    return one.where or say("on this computer")


def _about(one: Choice) -> str:
    """On a phone the list cuts its lines."""
    epoch = one.found.label.epoch if one.found and one.found.label else b""
    lived = lived_words(current_desk(), one.at, epoch) if one.at else ""
    where = say("It lies here: {place}", place=_where(one))
    return " · ".join(part for part in (where, lived) if part)


# ---- where it is not listed


def _another_folder() -> tuple[str, Path | None]:
    """What somebody typed, and the folder if it is one."""
    with st.expander(say("It is not in the list"), icon=":material/search:"):
        if st.button(
            say("Look again"),
            icon=":material/refresh:",
            help=say("On other computers and in stores on the internet, too."),
        ):
            st.session_state.pop(LOOKED, None)
            st.session_state[ASK_FAR] = True
        typed = st.text_input(
            say("Folder on this computer, or the stick"),
            placeholder="/media/stick",
            help=say("Write the whole path. The folder must be there already."),
            key=_FOLDER,
        )
        folder = _folder(typed.strip() if typed else "")
        if typed and folder is None:
            st.info(
                say(
                    "No such folder here. Write its whole path, for example /media/stick, and plug"
                    " the stick in first."
                )
            )
    return typed or "", folder


def _folder(typed: str) -> Path | None:
    path = Path(typed)
    try:
        folder = path.parent if path.is_file() else path
        return folder if typed and folder.is_absolute() and folder.is_dir() else None
    except OSError:  # somebody else's, or a name no system knows
        return None


# ---- where it is not here


def _offer_to_fetch(chosen: Choice) -> None:
    house = the_house()
    bringing = house.bringing
    bring = to_bring_here(house, current_desk(), chosen, bringing.called_off)
    if bringing.busy or chosen.lying is None:
        return
    if st.button(say("Bring it to this computer first"), icon=":material/download:"):
        st.session_state.pop(CAME, None)
        bringing.begin(chosen.name, chosen.lying.size, bring)
        st.session_state[WATCHED] = True  # it may be here before the page is drawn again
        st.rerun()


def _on_its_way() -> None:
    """How far it is; when it has ended, what came of it, as long as the page is looked at."""
    bringing = the_house().bringing
    if bringing.busy:
        st.session_state[WATCHED] = True
        st.fragment(told(_live), run_every=0.5)()
        return
    if st.session_state.pop(WATCHED, False):
        st.session_state.pop(LOOKED, None)
        st.session_state[CAME] = bringing.name, bringing.outcome()
    if CAME in st.session_state:
        _, trouble = st.session_state[CAME]
        if trouble is None:
            st.success(say("It is here now."), icon=":material/check_circle:")
        else:
            tell_error(trouble)


def _live() -> None:
    bringing = the_house().bringing
    if not bringing.busy:
        st.rerun()
    share = min(bringing.done / bringing.of, 1.0) if bringing.of else 0.0
    words = left_words(say("The backup is being brought here"), bringing.seconds_left)
    st.progress(share, words)
    st.caption(say("You can leave this page; it goes on."))
    if st.button(say("Stop"), icon=":material/cancel:", key="backups-stop"):
        bringing.stop()
        st.rerun()

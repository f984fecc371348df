"""Showing a text to another device: as one code where it fits, else moving; and as a file. What is
to be carried home also stands still, to be photographed, and goes on paper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from exports.optics import LAPTOP_TO_PHONE, PHONE_TO_FULL_HD, View, largest_version
from exports.qr import FrameQr, fits_one_code, make_qr, qr_png
from medilink.bundles import as_moving
from medilink.carrying.frames import SYMBOL_BY_VERSION
from ui.parts.moving_qr import LAPTOP_VERSION, PHONE_VERSION, moving_frames, moving_qr
from ui.parts.qr_picture import show_qr
from ui.parts.scanning import FILE_ENDING
from ui.parts.still_codes import STILL_VERSION, can_stand_still, save_on_paper, still_codes
from ui.words import say


def show_carried(text: str, *, title: str, name: str, save: bool = True) -> None:
    """Draw `text` for another camera. `name` is what files are called; nobody's name."""
    if fits_one_code(text, largest_version(_screen())):
        show_qr(text, title=title)
        if save:
            _save_picture(text, name)
        return
    version = PHONE_VERSION if _on_phone() else LAPTOP_VERSION
    moving_qr(_frames(text, name, version), title=title, key=f"moving-{name}")
    if save:
        _save_file(text, name)


def show_to_carry_away(text: str, *, title: str, name: str, lines: Sequence[str]) -> None:
    """As `show_carried`, for somebody who carries it away without MediLink: a few codes also stand
    still, and are there on paper, `lines` above them."""
    if fits_one_code(text):
        show_qr(text, title=title)
        with st.container(horizontal=True):
            save_on_paper([make_qr(text)], title=title, lines=lines, name=name)
            _save_picture(text, name)
        return
    frames = _frames(text, name, STILL_VERSION)
    moving_qr(frames, title=title, key=f"moving-{name}")
    still = frames[: -(-len(as_moving(text)) // SYMBOL_BY_VERSION[STILL_VERSION])]
    if not can_stand_still(len(still)):
        st.caption(say("Too much to photograph or print: let it be scanned, or give the file."))
        _save_file(text, name)
        return
    told = say("Or photograph these codes. All {count} are needed, in any order.", count=len(still))
    st.write(told)
    still_codes(still, title=title)
    with st.container(horizontal=True):
        save_on_paper(still, title=title, lines=lines, name=name)
        _save_file(text, name)


def _on_phone() -> bool:
    agent = st.context.headers.get("User-Agent") or ""
    return "Mobi" in agent


def _screen() -> View:
    """What shows the code to what: a phone to a laptop's camera, or the other way."""
    return PHONE_TO_FULL_HD if _on_phone() else LAPTOP_TO_PHONE


def _frames(text: str, name: str, version: int) -> list[FrameQr]:
    kept = st.session_state.get(f"frames-{name}")
    if kept is None or kept[0] != hash(text):
        kept = (hash(text), moving_frames(as_moving(text), version))
        st.session_state[f"frames-{name}"] = kept
    frames: list[FrameQr] = kept[1]
    return frames


def _save_picture(text: str, name: str) -> None:
    st.download_button(
        say("Save the picture"),
        lambda: qr_png(text),
        f"{name}.png",
        "image/png",
        key=f"save-{name}",
        icon=":material/download:",
    )


def _save_file(text: str, name: str) -> None:
    st.download_button(
        say("Save as a file"),
        text,
        f"{name}.{FILE_ENDING}",
        "text/plain",
        key=f"save-{name}",
        icon=":material/download:",
    )

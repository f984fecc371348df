"""Showing a text to another device: as one code where it fits, else moving; and as a file."""

from __future__ import annotations

import streamlit as st

from exports.optics import LAPTOP_TO_PHONE, PHONE_TO_FULL_HD, View, largest_version
from exports.qr import FrameQr, fits_one_code, qr_png
from medilink.bundles import as_moving
from ui.parts.moving_qr import LAPTOP_VERSION, PHONE_VERSION, moving_frames, moving_qr
from ui.parts.qr_picture import show_qr
from ui.parts.scanning import FILE_ENDING
from ui.words import say

NARROW_PX = 600


def show_carried(text: str, *, title: str, name: str, save: bool = True) -> None:
    """Draw `text` for another camera. `name` is what files are called; nobody's name."""
    if fits_one_code(text, largest_version(_screen())):
        show_qr(text, title=title)
        if save:
            _save_picture(text, name)
        return
    moving_qr(_frames(text, name), title=title, key=f"moving-{name}")
    if save:
        _save_file(text, name)


def _on_phone() -> bool:
    agent = st.context.headers.get("User-Agent") or ""
    return "Mobi" in agent


def _screen() -> View:
    """What shows the code to what: a phone to a laptop's camera, or the other way."""
    return PHONE_TO_FULL_HD if _on_phone() else LAPTOP_TO_PHONE


def _frames(text: str, name: str) -> list[FrameQr]:
    kept = st.session_state.get(f"frames-{name}")
    if kept is None or kept[0] != hash(text):
        version = PHONE_VERSION if _on_phone() else LAPTOP_VERSION
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

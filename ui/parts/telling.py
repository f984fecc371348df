"""Saying what went wrong, on the page: one sentence, never a trace, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import streamlit as st

from medilink.errors import MediLinkError, NotSignedIn
from medilink.people import Role
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.words import say_error

Draw = Callable[[], None]
OneArgument = Callable[..., None]


def tell_error(error: MediLinkError) -> None:
    """What went wrong and what to do next."""
    st.error(plain(say_error(error, treats=_reader_treats())), icon=":material/block:")


def _reader_treats() -> bool:
    """Whether a provider reads: a patient is not told to ask the patient."""
    try:
        return current_desk().who.role is Role.PROVIDER
    except NotSignedIn:
        return False


def told(draw: OneArgument) -> OneArgument:
    """What is drawn, with whatever it refuses said in one sentence."""

    @wraps(draw)
    def drawn(*arguments: object) -> None:
        try:
            draw(*arguments)
        except MediLinkError as error:
            tell_error(error)

    return drawn


def live_part(draw: OneArgument) -> OneArgument:
    """A part of a page that redraws by itself while somebody types, and says its own refusals."""
    part: OneArgument = st.fragment(told(draw))
    return part

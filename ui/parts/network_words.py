"""What every part of Other clinics begins with: a key in words, an act whose refusal is told, and
that this clinic was removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from medilink.acts.network import network_for_sharing, own_key
from medilink.errors import MediLinkError, RemovedHere
from security.node_keys import fingerprint_words
from ui.parts.desk import current_desk
from ui.parts.telling import tell_error
from ui.words import say

REFUSED = "network-refused"
Given = ParamSpec("Given")
Found = TypeVar("Found")


def words_of(public: bytes) -> str:
    """A key in six words, to be compared."""
    return " ".join(fingerprint_words(public))


def show_own_words() -> None:
    """What the other clinic compares."""
    words = words_of(own_key(current_desk()))
    st.markdown(say("Words of this clinic: {words}", words=words))


def compare_words(public: bytes) -> None:
    """What has to be the same on both screens before anybody says yes."""
    st.warning(
        say("Compare these words with the other clinic's screen: {words}", words=words_of(public)),
        icon=":material/compare_arrows:",
    )


def do_or_tell(act: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    """What an act gives; a refusal is told on top of the redrawn page."""
    try:
        return act(*given, **named)
    except MediLinkError as refused:
        st.session_state[REFUSED] = refused
        st.rerun()


def tell_refused() -> None:
    """What `do_or_tell` has left to be told."""
    refused: MediLinkError | None = st.session_state.pop(REFUSED, None)
    if refused:
        tell_error(refused)


def tell_if_removed() -> None:
    """On pages of sharing: that nothing can be shared with other clinics any more."""
    try:
        network_for_sharing(current_desk())
    except RemovedHere as gone:
        tell_error(gone)

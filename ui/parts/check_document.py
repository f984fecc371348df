"""What was found out about a document, drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.document_check import Checked, State, Trust
from ui.parts.document_words import (
    document_facts,
    places_sentence,
    signer_sentence,
    state_sentence,
    what_to_do,
)
from ui.parts.plain import plain
from ui.words import say


def show_document(found: Checked) -> None:
    """The verdict first, then who signed, then what it is."""
    draw, icon = _manner(found)
    draw(plain(state_sentence(found)), icon=f":material/{icon}:")
    if found.state is State.CHANGED:
        st.write(plain(places_sentence(found.changed)))
    if found.state not in (State.FORGED, State.NO_PROOF):
        st.write(plain(signer_sentence(found.signer)))
        for label, value in document_facts(found):
            st.markdown(f"**{plain(label)}**: {plain(value)}")
    if found.words and found.state is not State.RESAVED and not found.form:
        st.caption(
            say(
                "A code proves that this clinic issued a document with these words. Compare them"
                " with those beside the code; to be sure of every page, ask for the file."
            )
        )
    advice = what_to_do(found)
    if advice:
        st.write(advice)


def _manner(found: Checked) -> tuple[Callable[..., object], str]:
    if found.state in (State.CHANGED, State.FORGED):
        return st.error, "gpp_bad"
    known = found.signer.trust in (Trust.OWN, Trust.MEMBER)
    if found.state is State.GENUINE and known:
        return st.success, "verified"
    return st.warning, "gpp_maybe"

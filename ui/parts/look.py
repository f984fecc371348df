"""How the app looks beyond Streamlit's theme: narrow margins on phones, large tap targets."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.house import the_house
from ui.words import say

_STYLE = (Path(__file__).parent.parent / "assets" / "app.css").read_text("utf-8")


def dress() -> None:
    """Add the style; on a demonstration, the banner that says so."""
    st.html(f"<style>{_STYLE}</style>")
    if the_house().config.demo:
        text = say("Demonstration: made-up patients, thrown away when it stops.")
        st.html(f'<p class="ml-demo" role="note">{text}</p>')

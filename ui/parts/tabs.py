"""Tabs of which only the open one is drawn: an old laptop does not draw what nobody looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def show_tabs(tabs: Mapping[str, Callable[[], None]], *, key: str) -> None:
    """Title → what draws it. Which one is open is remembered under `key`."""
    drawn = st.tabs(list(tabs), key=key, on_change="rerun")
    for tab, draw in zip(drawn, tabs.values(), strict=True):
        if tab.open:
            with tab:
                draw()

"""Rows with words on the left and what can be done on the right."""

from __future__ import annotations

from typing import Literal, TypedDict


class Spread(TypedDict):
    """How a horizontal container lays out its parts."""

    vertical_alignment: Literal["center"]
    horizontal_alignment: Literal["distribute"]


SPREAD: Spread = {"vertical_alignment": "center", "horizontal_alignment": "distribute"}

"""What somebody changed in a draft stays theirs; what they may no longer see does not stay."""

from __future__ import annotations

import pytest
import streamlit as st

from exports.letter_kinds import Part
from medilink.handing_out import Purpose
from medilink.people import PatientId
from ui.parts.letter_text import EVERYTHING, Typed

REFERRAL = Purpose.REFERRAL


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setattr(st, "session_state", {})  # outside a page there is none
    return Typed(PatientId(1))


def write(typed: Typed, part: Part, text: str) -> None:
    """As a field of the page does it."""
    st.session_state[typed.key(REFERRAL, part)] = text


def texts(typed: Typed) -> list[str]:
    return [st.session_state[typed.key(REFERRAL, part)] for part in (Part.FINDINGS, Part.REASON)]


def test_an_untouched_draft_follows_what_goes_along(typed: Typed) -> None:
    typed.lay(REFERRAL, {Part.FINDINGS: "all", Part.REASON: ""})
    write(typed, Part.REASON, "cough")
    typed.lay(REFERRAL, {Part.FINDINGS: "less", Part.REASON: ""})
    assert texts(typed) == ["less", "cough"]
    assert typed.changed(REFERRAL, {Part.FINDINGS: "less", Part.REASON: ""}) == []


def test_a_changed_part_stays_and_is_named_until_it_is_drafted_anew(typed: Typed) -> None:
    typed.lay(REFERRAL, {Part.FINDINGS: "all", Part.REASON: ""})
    write(typed, Part.FINDINGS, "all, and thin")
    less = {Part.FINDINGS: "less", Part.REASON: ""}
    typed.lay(REFERRAL, less)
    assert texts(typed)[0] == "all, and thin"
    assert typed.changed(REFERRAL, less) == [Part.FINDINGS]
    typed.draft_anew(REFERRAL, [Part.FINDINGS])
    typed.lay(REFERRAL, less)
    assert texts(typed)[0] == "less"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (EVERYTHING, EVERYTHING, True),
        ("parts", EVERYTHING, True),
        ("parts", "parts", True),
        (EVERYTHING, "parts", False),
        ("parts", "other parts", False),
    ],
)
def test_a_draft_made_by_seeing_more_is_given_up(
    typed: Typed, before: str, after: str, kept: bool
) -> None:
    typed.see_by(before)
    typed.lay(REFERRAL, {Part.FINDINGS: "has HIV", Part.REASON: ""})
    write(typed, Part.FINDINGS, "has HIV, looks thin")
    write(typed, Part.REASON, "cough")
    typed.lay(REFERRAL, {Part.FINDINGS: "has HIV", Part.REASON: ""})
    typed.see_by(after)
    typed.lay(REFERRAL, {Part.FINDINGS: "nothing", Part.REASON: ""})
    assert texts(typed) == ["has HIV, looks thin" if kept else "nothing", "cough"]
    assert typed.narrowed is not kept

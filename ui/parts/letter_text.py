"""What was typed into a letter: kept while its page is left, and apart from what was only drafted.

A drafted part that nobody touched is drafted anew whenever what goes along changes; one that
somebody changed stays as it is and is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from exports.letter_kinds import TYPED, Part
from medilink.acts.drafts import find_draft, keep_draft, throw_draft_away
from medilink.acts.letters import LETTER_DRAFT
from medilink.handing_out import Purpose
from medilink.people import PatientId
from ui.parts.desk import current_desk

EVERYTHING = "everything"  # see medilink.acts.letters.seen_by


@dataclass
class Typed:
    """`texts` by place; `drafted`: what a part was before anybody changed it; `choices`: all that
    is not a text; `seen_by`: by what its author saw the record when this was drafted."""

    patient: PatientId
    texts: dict[str, str] = field(default_factory=dict)
    drafted: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)
    seen_by: str = ""
    restored: bool = False
    narrowed: bool = False

    def key(self, purpose: Purpose, part: Part) -> str:
        """Where the text of a part lies in the page's memory."""
        return f"letter-{self.patient}-{place_of(purpose, part)}"

    def lay(self, purpose: Purpose, drafts: Mapping[Part, str]) -> None:
        """Put drafts where nobody has changed anything, before the fields are drawn."""
        for part, draft in drafts.items():
            place, key = place_of(purpose, part), self.key(purpose, part)
            text = st.session_state.get(key, self.texts.get(place))
            if text is None or text == self.drafted.get(place, ""):
                text = self.drafted[place] = draft
            st.session_state[key] = self.texts[place] = text

    def changed(self, purpose: Purpose, drafts: Mapping[Part, str]) -> list[Part]:
        """Parts somebody changed whose draft would be another one today."""
        return [
            part
            for part, draft in drafts.items()
            if part not in TYPED and self.drafted.get(place_of(purpose, part)) != draft
        ]

    def draft_anew(self, purpose: Purpose, parts: list[Part]) -> None:
        """Give up what was changed in these parts."""
        for part in parts:
            place = place_of(purpose, part)
            self.drafted[place] = self.texts[place] = ""
            st.session_state[self.key(purpose, part)] = ""

    def see_by(self, seen_by: str) -> None:
        """Give up changed drafts that were made by seeing more, or something else."""
        if self.seen_by and seen_by not in (self.seen_by, EVERYTHING):
            typed = {part.value for part in TYPED}
            self.narrowed = any(place not in typed for place in self.texts)
            for place in [place for place in self.texts if place not in typed]:
                self.texts.pop(place)
                self.drafted.pop(place, None)
                st.session_state.pop(f"letter-{self.patient}-{place}", None)
        self.seen_by = seen_by

    def keep(self) -> bool | None:
        """Keep as a draft what somebody typed; None where that is nothing, False where it is too
        long."""
        texts = {
            place: text
            for place, text in self.texts.items()
            if place != Part.URGENCY and text != self.drafted.get(place, "")
        }
        if not texts:
            return None
        drafted = {place: self.drafted[place] for place in texts if place in self.drafted}
        kept = {"texts": texts, "drafted": drafted, "seen_by": self.seen_by}
        return keep_draft(
            current_desk(), self.patient, LETTER_DRAFT, kept | {"choices": self.choices}
        )

    def forget(self) -> None:
        """Nothing is typed any more."""
        throw_draft_away(current_desk(), self.patient, LETTER_DRAFT)
        begins = f"letter-{self.patient}-"
        for key in [key for key in st.session_state if str(key).startswith(begins)]:
            st.session_state.pop(key)
        st.session_state.pop(_memory(self.patient), None)


def place_of(purpose: Purpose, part: Part) -> str:
    """What the author types is the same in every kind of letter; what is drafted is not."""
    return part.value if part in TYPED else f"{purpose.value}/{part.value}"


def _memory(patient: PatientId) -> str:
    return f"typed-letter-{patient}"


def typed_letter(patient: PatientId) -> Typed:
    """What is typed so far: of this page, else of the draft kept."""
    held: Typed | None = st.session_state.get(_memory(patient))
    if held is None:
        kept = find_draft(current_desk(), patient, LETTER_DRAFT)
        held = Typed(
            patient,
            dict(kept.get("texts", {})),
            dict(kept.get("drafted", {})),
            dict(kept.get("choices", {})),
            kept.get("seen_by", ""),
            restored=bool(kept),
        )
        st.session_state[_memory(patient)] = held
    return held

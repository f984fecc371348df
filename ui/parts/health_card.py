"""A SMART Health Card somebody has shown: whether it is genuine, and what it says."""

from __future__ import annotations

import streamlit as st

from medilink.acts.cards import ShownCard
from medilink.records import Record, Section
from medilink.smart.judging import Verdict
from ui.parts.chart import show_summary
from ui.parts.emergency_view import show_emergency
from ui.parts.person import moment, show_person
from ui.parts.plain import plain
from ui.words import say

# What the emergency view shows; other cards tell of vaccines or results.
FOR_EMERGENCIES = frozenset(
    {
        Section.ALERTS,
        Section.ALLERGIES,
        Section.CONDITIONS,
        Section.MEDICATIONS,
        Section.PERSON,
        Section.CONTACTS,
    }
)
VERDICT_WORDS = {
    Verdict.GENUINE: "Genuine: signed by a clinic of this network.",
    Verdict.UNKNOWN_ISSUER: "Signed by somebody this clinic does not know. It may be right, but "
    "nothing here can prove it.",
    Verdict.ALTERED: "This card was altered. Do not rely on it.",
    Verdict.EXPIRED: "Genuine, but out of date.",
    Verdict.NOT_YET_VALID: "This card is not valid yet. One of the two clocks may be wrong.",
    Verdict.REVOKED: "This card was withdrawn. Do not rely on it.",
    Verdict.MALFORMED: "This card breaks the rules of health cards. Do not rely on it.",
}


def show_health_card(shown: ShownCard) -> None:
    """The verdict first, then the content."""
    judged = shown.judged
    words = say(VERDICT_WORDS[judged.verdict])
    if judged.verdict is Verdict.GENUINE:
        st.success(words, icon=":material/verified:")
    elif judged.verdict in (Verdict.UNKNOWN_ISSUER, Verdict.EXPIRED):
        st.warning(words, icon=":material/help:")
    else:
        st.error(words, icon=":material/gpp_bad:")
    lines = [say("Issuer: {name}", name=judged.issuer_name or judged.iss or "?")]
    if judged.issued_at:
        lines.append(say("issued {moment}", moment=moment(judged.issued_at)))
    if judged.expires_at:
        lines.append(say("until {moment}", moment=moment(judged.expires_at)))
    if judged.revocations_known_at:
        lines.append(
            say("withdrawals known as of {moment}", moment=moment(judged.revocations_known_at))
        )
    if judged.rule and judged.verdict is Verdict.MALFORMED:
        lines.append(judged.rule)
    st.caption(plain(" · ".join(lines)))
    if shown.read:
        _show_read(shown.read.record)


def _show_read(record: Record) -> None:
    show_person(record.patient)
    if record.sections & FOR_EMERGENCIES:
        show_emergency(record)
    if record.sections - FOR_EMERGENCIES:
        show_summary(record)

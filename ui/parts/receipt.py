"""A consent receipt on the page: who was allowed what, until when, why, and who signed it."""

from __future__ import annotations

import streamlit as st

from medilink.acts.receipts import Receipt
from medilink.scopes import scope_from_bits
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.scope_form import scope_words
from ui.words import say


def receipt_lines(receipt: Receipt) -> list[str]:
    """A receipt in sentences."""
    lines = []
    consent = receipt.consent
    if consent:
        lines += [
            say("MediLink ID: {id}", id=consent.patient),
            say("Allowed to: {who}", who=consent.to),
            say("What: {what}", what=" · ".join(scope_words(scope_from_bits(consent.sections)))),
            say("From {begin} until {end}", begin=moment(consent.made), end=moment(consent.ends)),
        ]
        if consent.purpose:
            lines.append(say("reason: {reason}", reason=consent.purpose))
        lines.append(say("Signed by {clinic}", clinic=receipt.by))
    if receipt.asked:
        lines.append(
            say(
                "Asked and signed by {who}, {clinic}",
                who=receipt.asked.who,
                clinic=receipt.asked_at,
            )
        )
    lines += [
        say(
            "Opened {moment} by {who}, {clinic}, who signed it",
            moment=moment(opened.at),
            who=opened.who,
            clinic=clinic,
        )
        for opened, clinic in receipt.opened
    ]
    return lines


def show_receipt(receipt: Receipt) -> None:
    """What a receipt says; it was checked before."""
    st.success(say("Genuine: every signature fits."), icon=":material/verified:")
    st.markdown("  \n".join(plain(line) for line in receipt_lines(receipt)))

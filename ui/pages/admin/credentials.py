"""Licences: what providers sent, with the evidence, verified or refused with a reason."""

from __future__ import annotations

import streamlit as st

from medilink.acts.credentials import (
    attach_evidence,
    decide_credentials,
    list_credentials,
    open_evidence,
)
from medilink.acts.staff import list_staff
from medilink.attachments import PDF
from medilink.credentials import Credentials, Held, Standing, judge
from medilink.errors import MediLinkError
from medilink.people import Account, Role
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.person import today
from ui.parts.plain import plain
from ui.parts.provider_card import standing_words
from ui.parts.telling import tell_error
from ui.words import say

ORDER = (
    Standing.SUBMITTED,
    Standing.EXPIRED,
    Standing.EXPIRING,
    Standing.UNVERIFIED,
    Standing.REFUSED,
    Standing.VERIFIED,
)


def show() -> None:
    """Those that wait first."""
    st.title(say("Licences"), anchor=False)
    show_flash()
    held = list_credentials(current_desk())
    providers = [
        one for one in list_staff(current_desk()) if one.role is Role.PROVIDER and not one.disabled
    ]
    if not providers:
        st.info(say("Nobody treats patients here yet."))
    day = today().date()
    for account in sorted(providers, key=lambda one: ORDER.index(judge(held.get(one.id), day))):
        _line(account, held.get(account.id))


def _line(account: Account, held: Held | None) -> None:
    standing = judge(held, today().date())
    title = f"{plain(account.title)} · {standing_words(standing)}"
    folded = st.expander(title, key=f"licence-{account.id}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if held is None:
            st.caption(say("Nothing written yet."))
            return
        _said(held.credentials)
        _evidence(account, held)
        if standing is Standing.SUBMITTED:
            _decide(account, held)
        elif held.reason:
            st.caption(plain(say("reason: {reason}", reason=held.reason)))


def _said(said: Credentials) -> None:
    lines = (
        (say("Licence number"), said.licence),
        (say("Issued by"), said.issuer),
        (say("Valid until"), said.expires),
        (say("Specialities"), ", ".join(said.specialities)),
        (say("Medical school"), said.school),
        (say("Residency"), said.residency),
        (say("Years of practice"), "" if said.years is None else str(said.years)),
        (say("Works also at"), ", ".join(said.affiliations)),
        (say("Phone"), said.phone),
    )
    for label, text in lines:
        if text:
            st.markdown(f"{label}: **{plain(text)}**")
    for one in said.certifications:
        parts = (one.name, one.issuer, one.issued, one.expires)
        st.markdown("- " + plain(" · ".join(part for part in parts if part)))


def _evidence(account: Account, held: Held) -> None:
    if held.has_evidence:
        media, body = open_evidence(current_desk(), account.id)
        name = f"evidence-{account.id}.{'pdf' if media == PDF else 'jpg'}"
        st.download_button(
            say("Open the evidence"), body, name, media, icon=":material/attachment:"
        )
    file = st.file_uploader(
        say("Evidence: a picture or PDF of the licence"),
        type=["jpg", "jpeg", "png", "webp", "pdf"],
        key=f"evidence-{account.id}",
    )
    if file and st.button(say("Keep this evidence"), key=f"keep-{account.id}"):
        try:
            attach_evidence(current_desk(), account.id, file.getvalue())
        except MediLinkError as error:
            tell_error(error)
            return
        flash(say("Saved."))
        st.rerun()


def _decide(account: Account, held: Held) -> None:
    with st.form(f"decide-{account.id}", border=False):
        reason = st.text_input(say("Reason (needed to refuse)")) or ""
        verify, refuse = st.columns(2)
        verified = verify.form_submit_button(say("It is right: verify"), type="primary")
        if not (refuse.form_submit_button(say("Refuse")) or verified):
            return
    try:
        decide_credentials(current_desk(), account.id, held, verified=verified, reason=reason)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()

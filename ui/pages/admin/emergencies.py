"""Records opened in an emergency: each is looked at once by an administrator."""

from __future__ import annotations

import streamlit as st

from medilink.acts.emergency import Verdict, emergencies_to_review, review_emergency
from medilink.acts.look_back import name_patients
from medilink.acts.staff import list_staff
from medilink.errors import MediLinkError
from medilink.permissions import EmergencyAccess
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say

VERDICT_WORDS = {
    Verdict.JUSTIFIED: "It was justified",
    Verdict.NOT_JUSTIFIED: "It was not justified",
}


def show() -> None:
    """Those nobody has looked at first."""
    st.title(say("Emergencies"), anchor=False)
    st.caption(say("Records that were opened without a right, with the reason that was given."))
    show_flash()
    desk = current_desk()
    found = emergencies_to_review(desk)
    if not found:
        st.info(say("No record was opened in an emergency."))
    staff = {account.id: account.title for account in list_staff(desk)}
    patients = name_patients(desk, {access.patient for access in found})
    for access in found:
        with st.container(border=True):
            who = staff.get(access.account, str(access.account))
            about = patients.get(access.patient, str(access.patient))
            st.markdown(f"**{plain(who)}** · {about} · {plain(moment(access.since))}")
            st.markdown(plain(say("reason: {reason}", reason=access.reason)))
            if access.reviewed_at is None:
                _review(access)
            else:
                verdict = say(VERDICT_WORDS[Verdict(access.verdict)])
                st.caption(plain(" · ".join(part for part in (verdict, access.note) if part)))


def _review(access: EmergencyAccess) -> None:
    with st.form(f"review-{access.id}", border=False):
        note = st.text_input(say("Note")) or ""
        columns = st.columns(2)
        for column, verdict in zip(columns, Verdict, strict=True):
            if column.form_submit_button(say(VERDICT_WORDS[verdict])):
                _save(access, verdict, note)


def _save(access: EmergencyAccess, verdict: Verdict, note: str) -> None:
    try:
        review_emergency(current_desk(), access.id, verdict, note)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()

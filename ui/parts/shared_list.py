"""Everything a patient shares now: how, with whom, what, until when, who opened it; withdrawing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from medilink.acts.share import my_codes, revoke_code, who_is_named
from medilink.people import AccountId, PatientId
from medilink.sharing import LEAVING_KINDS, NAMED_KINDS, Grant, GrantKind
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.scope_form import scope_words
from ui.words import say

GRANT_WORDS = {
    GrantKind.CODE: "Code",
    GrantKind.STANDING: "My doctor",
    GrantKind.CLINIC: "Everybody who treats patients here",
    GrantKind.OFFER: "QR code for another clinic",
    GrantKind.CARD: "Emergency card",
    GrantKind.ANSWER: "Shown to a provider",
}


def show_shared(whose: PatientId) -> None:
    """One box for each permission that can still open something."""
    grants = my_codes(current_desk(), whose)
    names = who_is_named(current_desk(), grants)
    st.subheader(say("Active permissions ({count})", count=len(grants)), anchor=False)
    if not grants:
        st.caption(say("You share your record with nobody now."))
    for grant in grants:
        _show(grant, names)


def _show(grant: Grant, names: Mapping[AccountId, str]) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        kind = say(GRANT_WORDS[grant.kind])
        to = names.get(grant.to_account, "") if grant.to_account is not None else ""
        what = " · ".join(scope_words(grant.scope))
        until = say("until {moment}", moment=moment(grant.expires_at))
        head = f"**{kind}**" + (f" · {plain(to)}" if to else "")
        st.markdown(f"{head}  \n{plain(what)}  \n{until} · {_opened(grant, names)}")
        if st.button(
            say("Withdraw"), key=f"revoke-{grant.id}", icon=":material/block:", type="secondary"
        ):
            _withdraw(grant)


def _opened(grant: Grant, names: Mapping[AccountId, str]) -> str:
    """Who has taken a code up; who reads by a permission of their own is in the log."""
    if grant.kind in NAMED_KINDS:
        return say("who opened it: see Who looked")
    if not grant.opened_by:
        if grant.kind in LEAVING_KINDS:
            return say("this clinic has not heard yet whether it was opened")
        return say("not used yet")
    who = ", ".join(plain(names[account]) for account in grant.opened_by if account in names)
    return say("opened by {who}", who=who)


def _withdraw(grant: Grant) -> None:
    withdrawn = revoke_code(current_desk(), grant.id)
    made = st.session_state.get("made-code")
    if made and made.grant.id == grant.id:
        st.session_state.pop("made-code")
    flash(_withdrawn_words(grant) if withdrawn else say("That permission had already ended."))
    st.rerun()


def _withdrawn_words(grant: Grant) -> str:
    """What withdrawing does: at once here, elsewhere when it is heard of."""
    if grant.kind not in LEAVING_KINDS:
        return say("Withdrawn. Nobody can open your record with it any more.")
    return say(
        "Withdrawn. Other clinics refuse it as soon as the news reaches them; it ends in any case"
        " {moment}.",
        moment=moment(grant.expires_at),
    )

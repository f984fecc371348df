"""Everything a patient shares now: how, with whom, what, until when, who opened it; withdrawing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from medilink.acts.cards import EmergencyCard
from medilink.acts.heard_of import Heard, heard_of
from medilink.acts.network import network_here
from medilink.acts.offer import MadeOffer
from medilink.acts.share import MadeCode, my_codes, revoke_code, who_is_named
from medilink.people import AccountId, PatientId
from medilink.sharing import LEAVING_KINDS, NAMED_KINDS, Grant, GrantKind
from ui.parts.desk import current_desk, flash
from ui.parts.half_done import MADE_CARD, MADE_CODE, MADE_OFFER, forget, kept
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.scope_form import scope_words
from ui.words import say

GRANT_WORDS = {
    GrantKind.CODE: "Code",
    GrantKind.STANDING: "My doctor",
    GrantKind.CLINIC: "Everybody who treats patients here",
    GrantKind.OFFER: "Code to take along",
    GrantKind.CARD: "Emergency card",
    GrantKind.ANSWER: "Answered face to face",
}


def show_shared(whose: PatientId) -> None:
    """One box for each permission that can still open something."""
    desk = current_desk()
    grants = my_codes(desk, whose)
    names, heard = who_is_named(desk, grants), heard_of(desk, grants, whose)
    st.subheader(say("Active permissions ({count})", count=len(grants)), anchor=False)
    if not grants:
        st.caption(say("You share your record with nobody now."))
    for grant in grants:
        _show(grant, names, heard.get(grant.id, Heard()))


def _show(grant: Grant, names: Mapping[AccountId, str], heard: Heard) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        kind = say(GRANT_WORDS[grant.kind])
        to = names.get(grant.to_account, "") if grant.to_account is not None else to_words(heard.to)
        what = " · ".join(scope_words(grant.scope))
        until = say("until {moment}", moment=moment(grant.expires_at))
        head = f"**{kind}**" + (f" · {plain(to)}" if to else "")
        opened = " · ".join([until, *_opened(grant, names, heard)])
        st.markdown(f"{head}  \n{plain(what)}  \n{opened}")
        if st.button(
            say("Withdraw"), key=f"revoke-{grant.id}", icon=":material/block:", type="secondary"
        ):
            _withdraw(grant)


def to_words(to: str) -> str:
    """Whom a share is for: a network is called as its founder, so it says that it is one."""
    network = network_here(current_desk()).name
    return say("Every clinic of {network}", network=network) if to and to == network else to


def _opened(grant: Grant, names: Mapping[AccountId, str], heard: Heard) -> list[str]:
    """Who has taken a share up; who reads by a permission of their own is in the log."""
    if grant.kind in NAMED_KINDS:
        return [say("who opened it: see Who looked")]
    here = ", ".join(plain(names[account]) for account in grant.opened_by if account in names)
    told = [say("opened by {who}", who=here)] if here else []
    told += [
        say("opened: {who}, {moment}", who=plain(who), moment=moment(at))
        for who, at in heard.opened
    ]
    if told:
        return told
    if grant.kind in LEAVING_KINDS:
        return [say("this clinic has not heard yet whether it was opened")]
    return [say("not used yet")]


def _withdraw(grant: Grant) -> None:
    withdrawn = revoke_code(current_desk(), grant.id)
    _no_longer_shown(grant)
    flash(_withdrawn_words(grant) if withdrawn else say("That permission had already ended."))
    st.rerun()


def _no_longer_shown(grant: Grant) -> None:
    """A code that was withdrawn is not left on the screen."""
    shown: dict[str, MadeCode | MadeOffer | EmergencyCard | None] = {
        MADE_CODE: kept(MADE_CODE, MadeCode),
        MADE_OFFER: kept(MADE_OFFER, MadeOffer),
        MADE_CARD: kept(MADE_CARD, EmergencyCard),
    }
    for name, made in shown.items():
        if made and made.grant.id == grant.id:
            forget(name)


def _withdrawn_words(grant: Grant) -> str:
    """What withdrawing does: at once here, elsewhere when it is heard of."""
    if grant.kind not in LEAVING_KINDS:
        return say("Withdrawn. Nobody can open your record with it any more.")
    return say(
        "Withdrawn. Other clinics refuse it as soon as the news reaches them; it ends in any case"
        " {moment}.",
        moment=moment(grant.expires_at),
    )

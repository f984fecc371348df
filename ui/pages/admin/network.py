"""Other clinics: what there is to do depends on whether this clinic is alone, among others, or was
removed. Nothing of it needs a connection."""

from __future__ import annotations

import streamlit as st

from medilink.acts.leaving import begin_anew, goodbye_here
from medilink.acts.network import network_here, own_id
from medilink.network import Network
from ui.parts.carried import show_to_carry_away
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.network_joining import ANSWER, show_join, show_let_in
from ui.parts.network_members import (
    change_keys,
    is_founder,
    name_form,
    show_members,
)
from ui.parts.network_rules import card_address_form, rules_form
from ui.parts.network_telling import news_for_others, show_news
from ui.parts.network_words import do_or_tell, tell_refused
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.tabs import show_tabs
from ui.words import say

STEP, JOINING, LETTING_IN = "network-step", "joining", "letting-in"


def show() -> None:
    """What the administrator does with other clinics."""
    st.title(say("Other clinics"), anchor=False)
    show_flash()
    tell_refused()
    desk = current_desk()
    network, own = network_here(desk), own_id(desk)
    removed = network.removed_at(own)
    if removed is not None:
        _removed(network, removed)
    elif network.alone(own, desk.now) or _answer_waits():
        _alone(network)
    else:
        st.session_state.pop(STEP, None)
        _among_others(network)


def _answer_waits() -> bool:
    """The first clinic was let in: their answer is still on the screen."""
    return st.session_state.get(STEP) == LETTING_IN and bool(st.session_state.get(ANSWER))


def _among_others(network: Network) -> None:
    tabs = {
        say("Network"): lambda: show_members(network),
        say("News"): lambda: show_news(network),
        say("Let a clinic in"): lambda: show_let_in(network),
        say("Rules"): rules_form,
    }
    if not is_founder(network):
        tabs.pop(say("Let a clinic in"))
    show_tabs(tabs, key="network-tabs")


# ---- a clinic alone


def _alone(network: Network) -> None:
    step = st.session_state.get(STEP)
    if step is None:
        _choose(network)
        return
    if step == JOINING:
        show_join()
    else:
        show_let_in(network)
    st.divider()
    if st.button(say("Back to Other clinics"), icon=":material/arrow_back:"):
        st.session_state.pop(STEP)
        st.rerun()


def _choose(network: Network) -> None:
    _goodbye()
    _tell_removed(network)
    st.write(
        say(
            "This clinic works alone. Patients share with its own doctors and nurses, make"
            " emergency cards, and take their record along as a file. Health cards of other clinics"
            " can be read."
        )
    )
    st.write(
        say(
            "In a network, patients also share with other clinics, without any internet connection."
        )
    )
    if st.button(
        say("Join another network"), type="primary", icon=":material/group_add:", width="stretch"
    ):
        _go(JOINING)
    if st.button(say("Let a clinic in"), icon=":material/add_home_work:", width="stretch"):
        _go(LETTING_IN)
    with st.expander(say("Name, keys and cards"), icon=":material/tune:"):
        name_form(network)
        card_address_form()
        change_keys(network)


def _go(step: str) -> None:
    st.session_state[STEP] = step
    st.rerun()


def _goodbye() -> None:
    """After leaving: the others do not know it yet."""
    goodbye = goodbye_here(current_desk())
    if goodbye is None:
        return
    st.info(
        say(
            "This clinic left {network} on {moment}. The others go on believing that it belongs"
            " until they have heard: let them scan this under News, or give it to them as a file."
            " The founder first.",
            network=plain(goodbye.network),
            moment=moment(goodbye.at),
        ),
        icon=":material/waving_hand:",
    )
    with st.expander(say("Tell the others that this clinic left"), icon=":material/qr_code_2:"):
        show_to_carry_away(
            goodbye.text,
            title=say("That this clinic left"),
            name="left-network",
            lines=[goodbye.network],
        )


def _tell_removed(network: Network) -> None:
    """Nobody is left: who was removed should still hear of it."""
    away = [one for one in network.members.values() if one.removed_at is not None]
    gone = [one.says.name for one in away if not one.left]
    if gone:
        names = ", ".join(map(plain, gone))
        folded = st.expander(
            say("Tell clinics that were removed"),
            icon=":material/outbox:",
            key="tell-removed",
            on_change="rerun",
        )
        with folded:
            st.write(say("They read in this news that they were removed: {names}.", names=names))
            news_for_others()


# ---- a clinic that was removed


def _removed(network: Network, at: int) -> None:
    st.error(
        say(
            "This clinic was removed from {network} on {moment}.",
            network=plain(network.name),
            moment=moment(at),
        ),
        icon=":material/block:",
    )
    st.write(
        say(
            "Its codes open at the other clinics no more, and theirs do not open here. What their"
            " patients had shared here was erased. Every record of this clinic is still here, and"
            " codes for its own doctors and nurses work as before."
        )
    )
    founder = plain(network.name_of(network.founder))
    st.write(
        say(
            "Was this a mistake? Ask {founder}: they can let this clinic in again.", founder=founder
        )
    )
    if st.button(say("Begin anew"), type="primary", icon=":material/restart_alt:", width="stretch"):
        do_or_tell(begin_anew, current_desk())
        flash(say("This clinic is alone now, with new keys. It can join a network again."))
        st.rerun()
    st.caption(
        say("This clinic then works alone, with new keys. It can join a network or let others in.")
    )

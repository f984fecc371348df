"""Who belongs to the network, and what its clinics do about it: name it, change keys, remove a
clinic, leave."""

from __future__ import annotations

import streamlit as st

from medilink.acts.leaving import leave_network, remove_clinic
from medilink.acts.network import own_id
from medilink.acts.network_keys import (
    change_network_key,
    change_own_keys,
    name_network,
    waiting_request,
)
from medilink.network import Member, Network
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, flash
from ui.parts.network_words import do_or_tell, show_own_words, words_of
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.words import say

NEW_KEYS = "new-keys-request"


def is_founder(network: Network) -> bool:
    """Whether this clinic founded the network."""
    return network.founder == own_id(current_desk())


def show_members(network: Network) -> None:
    """Every clinic that belongs, and what can be done."""
    st.markdown(
        f"**{plain(network.name)}**  \n"
        + say("Words of the network: {words}", words=words_of(network.root))
    )
    show_own_words()
    for member in network.present(current_desk().now):
        _member(network, member)
    _gone(network)
    if is_founder(network):
        with st.expander(say("Name of the network"), icon=":material/edit:"):
            name_form(network)
    change_keys(network)
    if is_founder(network):
        _change_network_key()
    else:
        _leave(network)


def _member(network: Network, member: Member) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        heard = network.heard_from(member.id)
        here = member.id == own_id(current_desk())
        known = (
            say("this clinic")
            if here
            else say("news from {moment}", moment=moment(heard))
            if heard
            else say("no news yet")
        )
        st.markdown(
            f"**{plain(member.says.name)}** · {known}  \n"
            + say("key until {moment}", moment=moment(member.says.until))
            + "  \n"
            + words_of(member.says.signing)
        )
        if is_founder(network) and not here:
            if st.button(say("Remove"), key=f"remove-{member.id.hex()}", icon=":material/block:"):
                name = plain(member.says.name)
                st.dialog(say("Remove {clinic}?", clinic=name))(_confirm_removal)(member)


def _gone(network: Network) -> None:
    away = [one for one in network.members.values() if one.removed_at is not None]
    removed = ", ".join(plain(one.says.name) for one in away if not one.left)
    left = ", ".join(plain(one.says.name) for one in away if one.left)
    if removed:
        st.caption(say("Removed: {names}", names=removed))
    if left:
        st.caption(say("Left by itself: {names}", names=left))


def _confirm_removal(member: Member) -> None:
    clinic = plain(member.says.name)
    st.write(say("For a laptop that was lost or stolen, or a clinic that closes."))
    st.markdown(
        "- "
        + say(
            "Codes of {clinic} open nowhere else any more, and its word counts no more.",
            clinic=clinic,
        )
        + "\n- "
        + say("New codes of your patients cannot be opened there: the network's key is changed.")
        + "\n- "
        + say(
            "Codes it was given before can still be opened on its computer until they end. If the"
            " laptop was stolen, let patients withdraw them."
        )
        + "\n- "
        + say("Then bring the news to every other clinic, and to {clinic} itself.", clinic=clinic)
    )
    yes, no = st.columns(2)
    if yes.button(
        say("Remove this clinic"), type="primary", icon=":material/block:", width="stretch"
    ):
        do_or_tell(remove_clinic, current_desk(), member.id)
        flash(say("Removed. Bring the news to every other clinic now."))
        st.rerun()
    if no.button(say("Cancel"), key="keep-clinic", width="stretch"):
        st.rerun()


def _leave(network: Network) -> None:
    with st.expander(say("Leave this network"), icon=":material/logout:"):
        st.write(say("Records stay. What is shared with the other clinics ends."))
        if st.button(say("Leave the network"), icon=":material/logout:"):
            name = plain(network.name)
            st.dialog(say("Leave {network}?", network=name))(_confirm_leaving)()


def _confirm_leaving() -> None:
    st.markdown(
        "- "
        + say(
            "Codes which patients of this clinic have given to other clinics open there no more, as"
            " soon as they have heard. Here they still open."
        )
        + "\n- "
        + say("What patients of other clinics have shared here is erased now.")
        + "\n- "
        + say("The records of this clinic stay, also what was written for visitors.")
        + "\n- "
        + say("You get a code, or a file, by which the others hear it. To come back, join again.")
    )
    yes, no = st.columns(2)
    if yes.button(say("Leave now"), type="primary", icon=":material/logout:", width="stretch"):
        do_or_tell(leave_network, current_desk())
        flash(say("This clinic has left the network. Tell the others now."))
        st.rerun()
    if no.button(say("Cancel"), key="stay", width="stretch"):
        st.rerun()


# ---- name and keys


def name_form(network: Network) -> None:
    """For the founder: what the network is called, everywhere and in what patients allow."""
    with st.form("network-name"):
        name = st.text_input(say("Name of the network"), network.name, max_chars=100)
        if st.form_submit_button(say("Save")):
            do_or_tell(name_network, current_desk(), name or "")
            flash(say("Saved. The other clinics see the name with the next news."))
            st.rerun()


def change_keys(network: Network) -> None:
    """New keys of this clinic's own."""
    with st.expander(say("Change this clinic's keys"), icon=":material/vpn_key:"):
        st.write(
            say("When somebody may have copied them. What was shared before still opens.")
            if is_founder(network)
            else say(
                "When somebody may have copied them. What was shared before still opens. A clinic"
                " that did not found the network needs the founder to let the new keys in."
            )
        )
        if st.button(say("Make new keys"), icon=":material/autorenew:"):
            if not do_or_tell(change_own_keys, current_desk()):
                flash(say("Changed. Bring the news to every other clinic now."))
            st.session_state.pop(NEW_KEYS, None)
            st.rerun()
    _waiting_keys()


def _waiting_keys() -> None:
    """New keys, also those of a restore, that the founder has not let in yet."""
    text = waiting_request(current_desk())
    if not text:
        st.session_state.pop(NEW_KEYS, None)
        return
    st.info(
        say("This clinic has new keys, which count once the founder has let them in.")
        + " "
        + say(
            "Let the founder scan this under Let a clinic in, and take the answer in under News."
        ),
        icon=":material/vpn_key:",
    )
    # The same picture while it is looked at: each request is dated anew.
    shown = st.session_state.setdefault(NEW_KEYS, text)
    with st.expander(say("Request to be scanned"), icon=":material/qr_code_2:"):
        show_carried(shown, title=say("Request to be scanned"), name="new-keys")


def _change_network_key() -> None:
    with st.expander(say("Change the network's key"), icon=":material/key:"):
        st.write(
            say(
                "Codes made from now on are sealed to a new key. Clinics open them after they have"
                " the news; older codes still open."
            )
        )
        if st.button(say("Change the key"), icon=":material/autorenew:"):
            do_or_tell(change_network_key, current_desk())
            flash(say("Changed. Bring the news to every other clinic now."))
            st.rerun()

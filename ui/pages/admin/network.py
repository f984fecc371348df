"""Other clinics: which network this one is in, letting others in, and carrying the news."""

from __future__ import annotations

from typing import Any

import streamlit as st

from medilink.acts.joining import (
    Invitation,
    admit,
    ask_to_join,
    check_request,
    join,
    read_invitation,
    same_letters,
)
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import (
    keep_network_settings,
    membership_here,
    network_here,
    own_id,
    own_key,
)
from medilink.acts.network_keys import change_network_key, change_own_keys
from medilink.acts.news import Taken, make_news, open_news, take_news
from medilink.errors import MediLinkError
from medilink.network import Member, Network
from medilink.statements import Signed
from security.node_keys import fingerprint_words
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.scanning import scan_text
from ui.parts.tabs import show_tabs
from ui.parts.telling import tell_error
from ui.words import say

REFUSED, REQUEST, ANSWER = "network-refused", "join-request", "join-answer"
INVITED, NEWS, OWN_REQUEST = "join-invitation", "news-made", "own-join-request"
NEW_KEYS = "new-keys-request"


def show() -> None:
    """What the administrator does with other clinics; nothing of it needs a connection."""
    st.title(say("Other clinics"), anchor=False)
    show_flash()
    refused: MediLinkError | None = st.session_state.pop(REFUSED, None)
    if refused:
        tell_error(refused)
    network = network_here(current_desk())
    show_tabs(
        {
            say("Network"): lambda: _network(network),
            say("News"): _news,
            say("Let a clinic in"): _let_in,
            say("Join another network"): _join,
            say("Rules"): _rules,
        },
        key="network-tabs",
    )


def words_of(public: bytes) -> str:
    """A key in six words, to be compared."""
    return " ".join(fingerprint_words(public))


def _founder(network: Network) -> bool:
    return network.founder == own_id(current_desk())


def _do(act: Any, *arguments: Any) -> Any:
    """What an act gives; a refusal is told on top of the redrawn page."""
    try:
        return act(*arguments)
    except MediLinkError as refused:
        st.session_state[REFUSED] = refused
        st.rerun()


# ---- who belongs


def _network(network: Network) -> None:
    st.markdown(
        f"**{plain(network.name)}**  \n"
        + say("Words of the network: {words}", words=words_of(network.root))
    )
    own = own_key(current_desk())
    st.markdown(say("Words of this clinic: {words}", words=words_of(own)))
    now = current_desk().now
    for member in network.present(now):
        _member(network, member)
    gone = [one for one in network.members.values() if one.removed_at is not None]
    if gone:
        st.caption(say("Removed: {names}", names=", ".join(plain(one.says.name) for one in gone)))
    _change_own_keys()
    if _founder(network):
        _change_key()


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
        if _founder(network) and not here:
            if st.button(say("Remove"), key=f"remove-{member.id.hex()}", icon=":material/block:"):
                _confirm_removal(member)


@st.dialog(" ")
def _confirm_removal(member: Member) -> None:
    st.write(
        say(
            "Remove {clinic}? For a lost or stolen laptop. Its codes and its word count no more,"
            " and the network's key is changed. Then bring the news to every other clinic.",
            clinic=plain(member.says.name),
        )
    )
    if st.button(say("Remove this clinic"), type="primary", icon=":material/block:"):
        _do(remove_clinic, current_desk(), member.id)
        flash(say("Removed. Bring the news to every other clinic now."))
        st.rerun()


def _change_own_keys() -> None:
    with st.expander(say("Change this clinic's keys"), icon=":material/vpn_key:"):
        st.write(
            say(
                "When somebody may have copied them. What was shared before still opens. A clinic"
                " that did not found the network needs the founder to let the new keys in."
            )
        )
        if st.button(say("Make new keys"), icon=":material/autorenew:"):
            st.session_state[NEW_KEYS] = _do(change_own_keys, current_desk())
            if not st.session_state[NEW_KEYS]:
                flash(say("Changed. Bring the news to every other clinic now."))
                st.rerun()
        if st.session_state.get(NEW_KEYS):
            st.write(
                say(
                    "Let the founder scan this under Let a clinic in, and take the answer in under"
                    " News."
                )
            )
            show_carried(
                st.session_state[NEW_KEYS], title=say("Request to be scanned"), name="new-keys"
            )


def _change_key() -> None:
    with st.expander(say("Change the network's key"), icon=":material/key:"):
        st.write(
            say(
                "Codes made from now on are sealed to a new key. Clinics open them after they have"
                " the news; older codes still open."
            )
        )
        if st.button(say("Change the key"), icon=":material/autorenew:"):
            _do(change_network_key, current_desk())
            flash(say("Changed. Bring the news to every other clinic now."))
            st.rerun()


# ---- news


def _news() -> None:
    st.write(
        say(
            "What was withdrawn, opened or removed travels as a file on a stick, until clinics meet"
            " over a connection. Only clinics of the network can read it."
        )
    )
    if st.button(say("Make news for the others"), type="primary", icon=":material/outbox:"):
        st.session_state[NEWS] = _do(make_news, current_desk())
    if st.session_state.get(NEWS):
        show_carried(st.session_state[NEWS], title=say("News to be scanned"), name="news")
    st.subheader(say("Take in news"), anchor=False)
    text = _do(scan_text, "news-camera")
    if text:
        taken: Taken = _do(take_news, current_desk(), text)
        flash(
            say(
                "Taken in. New: {new}. Not believed: {refused}. Withdrawn here: {withdrawn}. Used"
                " twice: {twice}.",
                new=taken.new,
                refused=taken.refused,
                withdrawn=taken.withdrawn,
                twice=taken.used_twice,
            )
        )
        st.rerun()


# ---- letting in and joining


def _let_in() -> None:
    network = network_here(current_desk())
    if not _founder(network):
        st.info(
            say("Only the clinic that founded {name} can let others in.", name=plain(network.name))
        )
        return
    if st.session_state.get(ANSWER):
        st.write(say("Let the other clinic scan this answer, or give it to them as a file."))
        st.info(
            say(
                "Read these words to the other clinic, or let them look: {words}",
                words=words_of(network.root),
            ),
            icon=":material/compare_arrows:",
        )
        show_carried(
            st.session_state[ANSWER], title=say("Answer to be scanned"), name="join-answer"
        )
        if st.button(say("Done")):
            st.session_state.pop(ANSWER)
            st.rerun()
        return
    request: list[Signed] | None = st.session_state.get(REQUEST)
    if request is None:
        st.write(say("Scan the request on the other clinic's screen, or pick its file."))
        text = _do(scan_text, "request-camera")
        if text:
            said = _do(open_news, current_desk(), text)
            _do(check_request, current_desk(), said)
            st.session_state[REQUEST] = said
            st.rerun()
        return
    _confirm_request(request)


def _confirm_request(request: list[Signed]) -> None:
    asked = check_request(current_desk(), request)
    st.markdown(f"**{plain(asked.name)}** ({plain(asked.code)}, {plain(asked.country)})")
    st.warning(
        say(
            "Compare these words with the other clinic's screen: {words}",
            words=words_of(asked.signing),
        ),
        icon=":material/compare_arrows:",
    )
    same = same_letters(current_desk(), asked)
    if same:
        st.warning(
            say(
                "{clinic} numbers its patients with the same three letters. Their MediLink IDs can"
                " clash; tell both clinics.",
                clinic=plain(same.says.name),
            )
        )
    yes, no = st.columns(2)
    if yes.button(say("The words are the same: let it in"), type="primary"):
        st.session_state[ANSWER] = _do(admit, current_desk(), request)
        st.session_state.pop(REQUEST)
        st.rerun()
    if no.button(say("They differ: refuse")):
        st.session_state.pop(REQUEST)
        st.rerun()


def _join() -> None:
    invited: Invitation | None = st.session_state.get(INVITED)
    if invited is not None:
        _confirm_joining(invited)
        return
    st.write(say("1. Show this request to the clinic that founded the network, or send the file."))
    if st.button(say("Make the request"), type="primary", icon=":material/group_add:"):
        st.session_state[OWN_REQUEST] = _do(ask_to_join, current_desk())
    if st.session_state.get(OWN_REQUEST):
        own = own_key(current_desk())
        st.markdown(say("Words of this clinic: {words}", words=words_of(own)))
        show_carried(
            st.session_state[OWN_REQUEST], title=say("Request to be scanned"), name="join-request"
        )
    st.write(say("2. Scan their answer, or pick its file."))
    text = _do(scan_text, "answer-camera")
    if text:
        said = _do(open_news, current_desk(), text)
        found = _do(read_invitation, current_desk(), said)
        if found is None:
            st.info(say("This is no answer for this clinic."))
            return
        st.session_state[INVITED] = found
        st.rerun()


def _confirm_joining(invited: Invitation) -> None:
    network = invited.network
    st.markdown(f"**{plain(network.name)}**")
    st.warning(
        say(
            "Compare these words with the other clinic's screen: {words}",
            words=words_of(network.root),
        ),
        icon=":material/compare_arrows:",
    )
    yes, no = st.columns(2)
    if yes.button(say("The words are the same: join"), type="primary"):
        _do(join, current_desk(), invited)
        for held in (INVITED, OWN_REQUEST):
            st.session_state.pop(held, None)
        flash(say("Joined. Codes of this clinic open in every clinic of the network now."))
        st.rerun()
    if no.button(say("They differ: do not join")):
        st.session_state.pop(INVITED)
        st.rerun()


# ---- rules


def _rules() -> None:
    held = membership_here(current_desk())
    with st.form("network-rules"):
        days = st.number_input(
            say("Refuse saved codes when the news is older than days"),
            1,
            365,
            held.news_days if held else 7,
        )
        address = st.text_input(
            say("Internet address under which this clinic's card keys are published"),
            held.card_address if held else "",
            placeholder="https://",
            help=say("Empty: only clinics of this network can tell that your cards are genuine."),
        )
        if st.form_submit_button(say("Save"), type="primary"):
            try:
                keep_network_settings(
                    current_desk(), news_days=int(days), card_address=address or ""
                )
            except MediLinkError as error:
                tell_error(error)
                return
            flash(say("Saved."))
            st.rerun()

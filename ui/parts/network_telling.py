"""What clinics tell each other, carried as a file or a code: how old it is here, making it, taking
it in."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from medilink.acts.network import membership_here, own_id
from medilink.acts.news import Taken, make_news, take_news
from medilink.network import Network
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, flash, warn
from ui.parts.network_words import do_or_tell
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.scanning import scan_text
from ui.words import say

NEWS = "news-made"


def show_news(network: Network) -> None:
    """Others' news here, and ours for them."""
    _how_old(network)
    st.write(
        say(
            "News tells the other clinics which codes were withdrawn or opened, and which clinics"
            " came or went. Carry it as a file on a stick, at least once a week. Only clinics of"
            " the network can read it."
        )
    )
    news_for_others()
    st.subheader(say("Take in news"), anchor=False)
    text = do_or_tell(scan_text, "news-camera")
    if text:
        _tell(do_or_tell(take_news, current_desk(), text))
        st.rerun()


def news_for_others() -> None:
    """Everything known here, to be carried."""
    if st.button(say("Make news for the others"), type="primary", icon=":material/outbox:"):
        st.session_state[NEWS] = (current_desk().now, do_or_tell(make_news, current_desk()))
    if st.session_state.get(NEWS):
        made, text = st.session_state[NEWS]
        st.caption(say("Everything known here on {moment}.", moment=moment(made)))
        show_carried(text, title=say("News to be scanned"), name=_file_name(made))


def _file_name(made: int) -> str:
    day = datetime.fromtimestamp(made / 1000, UTC).date().isoformat()
    return f"news-{current_desk().clinic.node_code}-{day}"


def _how_old(network: Network) -> None:
    """As of when the others are known, amber where saved codes are refused for it."""
    desk = current_desk()
    held = membership_here(desk)
    limit = held.news_days if held else 0
    others = [one for one in network.present(desk.now) if one.id != own_id(desk)]
    silent = [one for one in others if network.days_silent(one.id, desk.now) > limit]
    if silent:
        st.warning(
            say(
                "No news for more than {days} days from: {names}. Their saved codes are refused"
                " here until you take in news.",
                days=limit,
                names=", ".join(plain(one.says.name) for one in silent),
            ),
            icon=":material/schedule:",
        )
    oldest = min(
        (heard for one in others if (heard := network.heard_from(one.id)) is not None), default=None
    )
    if oldest is not None and not silent:
        st.caption(say("The other clinics are known here as of {moment}.", moment=moment(oldest)))


def _tell(taken: Taken) -> None:
    """What changed by it; what needs somebody to look stands apart."""
    told = [say("Taken in.")]
    if not taken.new:
        told.append(say("All of it was known here already."))
    if taken.withdrawn:
        told.append(say("Withdrawn here: {count}.", count=taken.withdrawn))
    if taken.came:
        told.append(say("New in the network: {names}.", names=", ".join(taken.came)))
    if taken.went and not taken.removed_here:
        told.append(say("No longer in the network: {names}.", names=", ".join(taken.went)))
    flash(" ".join(told))
    alarms = []
    if taken.used_twice:
        alarms.append(
            say("Codes for one use that were used twice: {count}.", count=taken.used_twice)
        )
    if taken.refused:
        alarms.append(
            say(
                "Not believed: {count}. They are not signed by a clinic that belongs to the"
                " network.",
                count=taken.refused,
            )
        )
    warn(*alarms)

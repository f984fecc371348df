"""What opens this clinic: whose passphrase, which recovery sheet, and whether this computer does by
itself. Every change asks for the administrator's own password."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.network import own_keys_kept
from medilink.acts.staff import list_staff
from medilink.people import Account, Role
from security.node_keys import fingerprint_words
from security.slots import Slot
from ui.house import the_house
from ui.key_file import THREE_SHEETS, is_awaited
from ui.openers import (
    able_to_unlock,
    let_own_passphrase_open,
    remove_passphrase,
    switch_by_itself,
)
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.old_words import show_old_words
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.recovery_replaced import offer_replacing, show_replacing
from ui.parts.rows import SPREAD
from ui.parts.telling import told
from ui.words import say

Do = Callable[[str], None]


def show() -> None:
    """Every way in, and how it is changed."""
    st.title(say("What opens this clinic"), anchor=False)
    show_flash()
    if show_replacing():
        return
    st.write(say("Whoever can do one of these can read every record here."))
    staff = list_staff(current_desk())
    held = the_house().unlockers.held().slots
    for slot in held:
        if slot.kind == "passphrase":
            _passphrase(slot, staff)
    _unable(staff)
    for slot in held:
        if slot.kind == "recovery":
            with st.container(border=True, horizontal=True, **SPREAD):
                _line(_recovery_words(slot), slot)
                offer_replacing()
    _by_itself(next((slot for slot in held if slot.kind == "machine"), None))
    _new_key()
    show_old_words()
    _own_keys()


def _line(words: str, slot: Slot | None, more: str = "") -> None:
    since = say("since {moment}", moment=moment(slot.since)) if slot and slot.since else ""
    facts = " · ".join(fact for fact in (since, more) if fact)
    st.markdown(f"**{plain(words)}**" + (f"  \n{plain(facts)}" if facts else ""))


def _recovery_words(slot: Slot) -> str:
    if slot.label == THREE_SHEETS:
        return say("Two of the three recovery sheets")
    return say("The 24 words of the recovery sheet")


# ---- passphrases


def _passphrase(slot: Slot, staff: list[Account]) -> None:
    who = next((one for one in staff if one.user_name == slot.label), None)
    name = who.title if who else slot.label
    with st.container(border=True, horizontal=True, **SPREAD):
        _line(say("The passphrase of {name}", name=name), slot, slot.label)
        left = able_to_unlock(the_house(), staff) - {slot.label}
        if left and st.button(say("Remove"), key=f"remove-{slot.label}"):
            _ask(
                say("Remove this passphrase?"),
                say(
                    "{name} can still sign in while MediLink is open, but cannot unlock it after a"
                    " start.",
                    name=plain(name),
                ),
                lambda password: remove_passphrase(
                    the_house(), current_desk(), password, slot.label
                ),
            )


def _unable(staff: list[Account]) -> None:
    """Administrators who sign in but do not unlock."""
    able, me = able_to_unlock(the_house(), staff), current_desk().who
    for one in staff:
        if Role.ADMIN not in one.roles or one.disabled or one.user_name in able:
            continue
        with st.container(border=True, horizontal=True, **SPREAD):
            if is_awaited(the_house().unlockers.held(), one.user_name):
                _awaited(one)
                continue
            if one.id != me.id:
                st.write(
                    say(
                        "{name} cannot unlock MediLink after a start. Choosing a new password under"
                        " My account changes that.",
                        name=plain(one.title),
                    )
                )
                continue
            st.write(say("Your password does not unlock MediLink after a start."))
            if st.button(say("Let it unlock")):
                _ask(
                    say("Let your password unlock?"),
                    say("Then you can open the clinic after each start."),
                    lambda password: let_own_passphrase_open(the_house(), current_desk(), password),
                )


def _awaited(one: Account) -> None:
    """A restore or a new key has taken away what opened for them; signing in brings it back."""
    name = plain(one.title)
    if one.must_change:
        st.write(say("{name} unlocks MediLink again after choosing a new password.", name=name))
    else:
        st.write(say("{name} unlocks MediLink again after signing in once.", name=name))
    if st.button(say("Remove"), key=f"remove-{one.user_name}"):
        _ask(
            say("Remove this passphrase?"),
            say(
                "{name} can still sign in while MediLink is open, but cannot unlock it after a"
                " start.",
                name=name,
            ),
            lambda password: remove_passphrase(
                the_house(), current_desk(), password, one.user_name
            ),
        )


# ---- this computer


def _by_itself(slot: Slot | None) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        if slot:
            _line(say("This computer, by itself"), slot)
        else:
            st.write(say("This computer does not open the clinic by itself."))
        word = say("Switch off") if slot else say("Switch on")
        if st.button(word, key="by-itself"):
            _ask(
                say("After each start"),
                say(
                    "After each start and each power cut nobody can work until an administrator"
                    " types a passphrase. Whoever steals the laptop, switched off, reads nothing."
                )
                if slot
                else say(
                    "Work goes on after a power cut. But whoever steals the laptop and gets past"
                    " its own sign-in can open the records. Choose this only if the laptop's disk"
                    " is encrypted or it is locked away."
                ),
                lambda password: switch_by_itself(
                    the_house(), current_desk(), password, on=slot is None
                ),
            )


def _ask(title: str, consequence: str, do: Do) -> None:
    """What it means, and the password; then it is done."""
    st.dialog(title)(told(_confirm))(consequence, do)


def _confirm(consequence: str, do: Do) -> None:
    st.write(consequence)
    with st.form("sure", border=False):
        password = st.text_input(say("Your password"), type="password")
        if not st.form_submit_button(say("Yes, change it"), type="primary"):
            return
    do(password or "")
    flash(say("Saved."))
    st.rerun()


def _new_key() -> None:
    """For when somebody may know one of these."""
    st.write(say("Somebody may know one of these?"))
    st.page_link(
        st.session_state["pages"]["new-key"],
        label=say("A new key for the records"),
        icon=":material/lock_reset:",
    )


# ---- keys between clinics


def _own_keys() -> None:
    """By which others know this clinic: nothing opens with them here."""
    kept = own_keys_kept(current_desk())
    present = next(key for key in kept if key.current)
    with st.expander(say("Keys other clinics know this clinic by"), icon=":material/key:"):
        for key in kept:
            words = " ".join(fingerprint_words(key.public))
            if key.current:
                state = say("in use since {moment}", moment=moment(key.since))
            elif key.since >= present.since:
                state = say("waits for the clinic that founded the network")
            else:
                state = say("retired; made on {moment}", moment=moment(key.since))
            st.markdown(f"**{words}**  \n{plain(state)}")
        st.caption(say("They are changed under Other clinics."))

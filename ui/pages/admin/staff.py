"""Staff: add an account, switch one off, give a new first password."""

from __future__ import annotations

import streamlit as st

from medilink.acts.staff import (
    add_staff,
    change_roles,
    list_staff,
    reset_password,
    switch_account,
)
from medilink.errors import MediLinkError
from medilink.people import Account, Profession, Role
from ui.house import the_house
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.first_password import keep_first_passwords, show_first_passwords
from ui.parts.hand_over import show_hand_over
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error
from ui.words import say

ROLES_WORDS = {
    (Role.PROVIDER,): "Treats patients",
    (Role.ADMIN,): "Administrator",
    (Role.PROVIDER, Role.ADMIN): "Treats patients, and is administrator",
}
ROLE_WORDS = {Role.PROVIDER: "Treats patients", Role.ADMIN: "Administrator"}


def show() -> None:
    """Everyone who works here."""
    st.title(say("Staff"), anchor=False)
    show_flash()
    show_first_passwords()
    with st.expander(say("Add somebody"), icon=":material/person_add:"):
        _add()
    for account in list_staff(current_desk()):
        _line(account)


def _add() -> None:
    role = st.radio(
        say("Work"),
        list(ROLE_WORDS),
        format_func=lambda role: say(ROLE_WORDS[role]),
        horizontal=True,
    )
    with st.form("add-staff", border=False):
        name = st.text_input(say("Name")) or ""
        user_name = st.text_input(say("User name, for signing in")) or ""
        profession = (
            st.selectbox(say("Profession"), [p.value for p in Profession], format_func=say)
            if role is Role.PROVIDER
            else ""
        )
        if st.form_submit_button(say("Add"), type="primary"):
            try:
                account, password = add_staff(
                    current_desk(),
                    user_name=user_name,
                    display_name=name,
                    role=role,
                    profession=profession,
                )
            except MediLinkError as error:
                tell_error(error)
                return
            keep_first_passwords((account, password))
            st.rerun()


def _line(account: Account) -> None:
    mine = account.id == current_desk().who.id
    with st.container(border=True, horizontal=True, **SPREAD):
        state = say("switched off") if account.disabled else ""
        facts = [account.user_name, *(say(ROLE_WORDS[role]) for role in account.roles), state]
        st.markdown(
            f"**{plain(account.title)}**  \n{plain(' · '.join(fact for fact in facts if fact))}"
        )
        if not mine:
            _switches(account)
    if not mine:
        _more(account)


def _switches(account: Account) -> None:
    word = say("Switch on") if account.disabled else say("Switch off")
    if st.button(word, key=f"switch-{account.id}"):
        switch_account(current_desk(), account.id, disabled=not account.disabled)
        the_house().sessions.end_all_of(account.id)
        if not account.disabled:
            the_house().drop_passphrase(account)
        flash(say("Saved."))
        st.rerun()
    if st.button(say("New password"), key=f"reset-{account.id}"):
        password = reset_password(current_desk(), account.id)
        the_house().sessions.end_all_of(account.id)
        the_house().drop_passphrase(account)
        keep_first_passwords((account, password))
        st.rerun()


def _more(account: Account) -> None:
    """What is seldom done, folded away."""
    folded = st.expander(say("Roles and hand-over"), key=f"more-{account.id}", on_change="rerun")
    if folded.open:
        with folded:
            _change_roles(account)
            if Role.PROVIDER in account.roles:
                show_hand_over(account.id)


def _change_roles(account: Account) -> None:
    held = tuple(role for role in (Role.PROVIDER, Role.ADMIN) if role in account.roles)
    professions = [profession.value for profession in Profession]
    with st.form(f"roles-{account.id}", border=False):
        roles = st.radio(
            say("Work"),
            list(ROLES_WORDS),
            index=list(ROLES_WORDS).index(held),
            format_func=lambda one: say(ROLES_WORDS[one]),
        )
        known = account.profession in professions
        profession = st.selectbox(
            say("Profession, for who treats patients"),
            professions,
            index=professions.index(account.profession) if known else 0,
            format_func=say,
        )
        if not st.form_submit_button(say("Save")):
            return
    change_roles(current_desk(), account.id, roles or held, profession or "")
    the_house().sessions.end_all_of(account.id)
    if Role.ADMIN not in (roles or held):
        the_house().drop_passphrase(account)
    flash(say("Saved."))
    st.rerun()

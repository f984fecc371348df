"""Adding a place for backups: a folder, a stick, another computer."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from backup.chosen import choose_bucket, choose_computer, choose_folder, choose_stick, sticks_here
from backup.sftp import Address, fingerprint
from backup.typed import (
    LARGEST_PORT,
    REGION,
    host_key_words,
    typed_address,
    typed_bucket,
)
from medilink.acts.back_up_places import choose_place
from medilink.backup_places import ChosenPlace
from ui.house import the_house
from ui.parts.desk import current_desk, flash
from ui.parts.plain import plain
from ui.parts.tabs import show_tabs
from ui.parts.telling import told
from ui.rounds import begin_round
from ui.words import say

SHOWN_KEY = "backup-host-key"  # the address whose key is being looked at
OPEN, ADDED = "add-place", "place-added"


def show_add_place() -> None:
    """Folded, because it is needed once."""
    if st.session_state.pop(ADDED, False):
        st.session_state[OPEN] = False
    folded = st.expander(say("Add a place"), key=OPEN, on_change="rerun", icon=":material/add:")
    if folded.open:
        with folded:
            show_tabs(
                {
                    say("USB stick"): told(_stick),
                    say("Folder or network share"): told(_folder),
                    say("Another computer (SFTP)"): told(_computer),
                    say("Store on the internet (S3)"): told(_bucket),
                },
                key="kind-of-place",
            )


def _keep(place: ChosenPlace) -> None:
    """Chosen from now on; what it lacks is carried there at once."""
    choose_place(current_desk(), place)
    begin_round(the_house())
    st.session_state[ADDED] = True
    flash(say("Added. The newest backup is copied there now."))
    st.rerun()


def _folder() -> None:
    with st.form("add-folder", border=False):
        path = st.text_input(
            say("Folder on this computer, or a network share"),
            placeholder="/mnt/clinic-share/backups",
            help=say("Write the whole path. The folder must be there already."),
        )
        if st.form_submit_button(say("Use this folder")):
            _keep(choose_folder(Path((path or "").strip()), the_house().config.data_dir))


def _stick() -> None:
    found = {str(one.path): one for one in sticks_here(the_house().config.data_dir)}
    if not found:
        st.write(say("No stick is plugged in. Plug one in, wait a moment, and press Look again."))
        st.button(say("Look again"), icon=":material/refresh:")
        return
    with st.form("add-stick", border=False):
        path = st.radio(say("Which one?"), list(found))
        st.caption(say("What is on it stays. MediLink knows it again wherever it is plugged in."))
        if st.form_submit_button(say("Use this stick")) and path:
            _keep(choose_stick(found[path]))


def _computer() -> None:
    asked: Address | None = st.session_state.get(SHOWN_KEY)
    if asked is None:
        _ask_address()
    else:
        _confirm(asked)


def _tell_to_write_down() -> None:
    """On a new laptop nobody knows it otherwise."""
    st.caption(
        say(
            "Write down where it is on the recovery sheet. Who keeps the password or key has to"
            " keep it elsewhere: on a new laptop both are needed, and together with the words they"
            " open everything."
        )
    )


def _ask_address() -> None:
    _tell_to_write_down()
    with st.form("add-computer", border=False):
        host = st.text_input(say("Address of the computer"), placeholder="backup.example.org")
        port = st.number_input(say("Port"), 1, LARGEST_PORT, 22)
        user = st.text_input(say("User name there"), autocomplete="off")
        folder = st.text_input(say("Folder there"), placeholder="/home/clinic/backups")
        password = st.text_input(
            say("Password there"),
            type="password",
            autocomplete="new-password",
            help=say("Leave it empty where you give a key."),
        )
        key = st.text_area(
            say("Or a private key for it"), help=say("The text of the file, without a passphrase.")
        )
        if not st.form_submit_button(say("Go on")):
            return
    typed = {"host": host, "port": str(port), "user": user, "folder": folder}
    with st.spinner(say("Looking for the computer …")):
        st.session_state[SHOWN_KEY] = typed_address(
            {**typed, "password": password or "", "private_key": key or ""}
        )
    st.rerun()


def _confirm(asked: Address) -> None:
    """Whether that is the computer is for somebody to say who knows it; asked once."""
    st.write(
        plain(
            say(
                "{host} answers with this key. Compare it with what whoever looks after that"
                " computer tells you, by telephone for example. It is asked only now.",
                host=asked.host,
            )
        )
    )
    st.html(f'<p class="ml-words">{host_key_words(asked.host_key)}</p>')
    st.code(fingerprint(asked.host_key), wrap_lines=True)
    with st.container(horizontal=True):
        right = st.button(say("Yes, that is it"), icon=":material/check:")
        if st.button(say("No, start again"), icon=":material/undo:"):
            st.session_state.pop(SHOWN_KEY)
            st.rerun()
    if right:
        with st.spinner(say("Signing in there …")):
            place = choose_computer(asked)
        st.session_state.pop(SHOWN_KEY)
        _keep(place)


def _bucket() -> None:
    _tell_to_write_down()
    with st.form("add-bucket", border=False):
        endpoint = st.text_input(say("Address of the store"), placeholder="https://s3.example.org")
        bucket = st.text_input(say("Bucket"), help=say("It must be there already."))
        folder = st.text_input(say("Folder in it (may be empty)"))
        region = st.text_input(say("Region"), REGION)
        key_id = st.text_input(say("Access key"), autocomplete="off")
        secret = st.text_input(
            say("Secret of the access key"), type="password", autocomplete="new-password"
        )
        if not st.form_submit_button(say("Use this store")):
            return
    typed = {"endpoint": endpoint, "bucket": bucket, "folder": folder, "region": region}
    chosen = typed_bucket({**typed, "key_id": key_id, "secret": secret})
    with st.spinner(say("Signing in there …")):
        place = choose_bucket(chosen)
    _keep(place)

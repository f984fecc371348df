"""`python run.py restore --from PLACE`: a backup fetched to a computer that has no clinic.

PLACE is sftp://USER@HOST:PORT/FOLDER, or s3+https://HOST/BUCKET/FOLDER. The password or secret is
typed, or MEDILINK_PLACE_PASSWORD; the access key of a store is typed, or MEDILINK_PLACE_USER;
`--key FILE` is a private key. Nothing of it is kept.
"""

from __future__ import annotations

import argparse
import getpass
import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from backup.chosen import bucket_at, computer_at, far_place_of
from backup.fetching import backups_lying, bring_here, reaching
from backup.sftp import fingerprint
from backup.typed import host_key_words, typed_address, typed_bucket
from medilink.backup_places import ChosenPlace
from medilink.config import Config
from medilink.errors import OtherComputer, PlaceUnread, PortUnfit
from ui.commands.restore_asking import UNKNOWN_DAY, choose_number, megabyte_bar
from ui.data_folder import make_folder
from ui.utc_words import utc_words


def fetched_file(config: Config, given: argparse.Namespace) -> Path | None:
    """The backup that was chosen, on this computer now; None where nobody is there to choose.
    Raises PlaceUnread, PlaceTrouble, NotValid."""
    where = _read_place(given.far)
    with reaching():
        chosen = _computer(where, given) if where.scheme == "sftp" else _bucket(where)
    place = far_place_of(chosen)
    lying = backups_lying(place)
    names = {one.name: one for one in lying}
    asked = names.get(str(given.file))
    if asked is None:
        print("When each came there:")
        lines = [
            (f"{utc_words(one.changed * 1000) or UNKNOWN_DAY} · number {one.generation}", one.name)
            for one in lying
        ]
        number = choose_number(lines)
        if number is None:
            return None
        asked = lying[number]
    make_folder(config)
    return bring_here(place, asked, config.backups_dir, megabyte_bar)


def _read_place(typed: str) -> SplitResult:
    """A password in it is refused: others on this computer can read what was typed as a command
    (ps(1))."""
    try:
        where = urlsplit(typed)
    except ValueError as trouble:
        raise PlaceUnread from trouble
    if where.password is not None or not where.hostname:
        raise PlaceUnread
    return where


def _computer(where: SplitResult, given: argparse.Namespace) -> ChosenPlace:
    try:
        port = where.port or 22
    except ValueError as trouble:
        raise PortUnfit from trouble
    typed = {
        "host": where.hostname or "",
        "port": str(port),
        "user": unquote(where.username or ""),
        "folder": unquote(where.path) or "/",
    }
    key = given.key.read_text("utf-8", "replace") if given.key else ""
    address = typed_address(typed | {"private_key": key})
    _check_host_key(address.host, address.host_key, given.host_key)
    if not key:
        address = replace(address, password=_secret(f"Password of {address.user}: "))
    return computer_at(address)


def _check_host_key(host: str, shown: str, known: str) -> None:
    """Whether that is the computer is for somebody to say who knows it. Raises OtherComputer."""
    found = fingerprint(shown)
    print(f"{host} answers with this key: {found}")
    print(host_key_words(shown))
    if known:
        right = known == found
    else:
        right = input("Is that the computer of the backups? Type yes: ").strip() == "yes"
    if not right:
        raise OtherComputer


def _bucket(where: SplitResult) -> ChosenPlace:
    if where.scheme not in ("s3+https", "s3+http") or where.username:
        raise PlaceUnread
    bucket, _, folder = unquote(where.path).strip("/").partition("/")
    key_id = os.environ.get("MEDILINK_PLACE_USER") or input("Access key: ").strip()
    typed = {
        "endpoint": f"{where.scheme.removeprefix('s3+')}://{where.netloc}",
        "bucket": bucket,
        "folder": folder,
        "key_id": key_id,
        "secret": _secret("Secret of the access key: "),
    }
    return bucket_at(typed_bucket(typed))


def _secret(asked: str) -> str:
    return os.environ.get("MEDILINK_PLACE_PASSWORD") or getpass.getpass(asked)

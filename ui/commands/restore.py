"""`python run.py restore [FILE]`: a clinic out of its backup.

Where there is a clinic (MEDILINK_DATA, --data), the backup takes its place, as on the page Restore
(`ui.commands.restore_in_place`). Where there is none, or with `--to FOLDER`, it comes back there:
with the words of the recovery sheet or of two sheets of three (typed in one line, or
MEDILINK_RECOVERY_WORDS), a new passphrase (typed, or MEDILINK_PASSPHRASE) and the day of the
backup, typed as it is shown (or --accept): what came after it is lost. Without FILE the backups
that are known are listed, to choose from.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from dataclasses import replace
from pathlib import Path

from backup.format import Label
from backup.found import Found, backups_found, folders_to_look_in
from medilink.config import Config, read_config
from medilink.desk import system_clock
from medilink.errors import MediLinkError
from ui.coming_back import (
    ComingBack,
    check_free,
    check_known_then,
    come_back,
    entries_lost,
    look_into,
)
from ui.commands.backup import bar, typed_words
from ui.commands.options import FAILED, FINE, claim_folder, complain, parser
from ui.commands.restore_asking import UNKNOWN_DAY, accepted_day, choose_number, tell_label
from ui.commands.restore_far import fetched_file
from ui.commands.restore_in_place import restore_in_place
from ui.house import House, State
from ui.utc_words import utc_words

_FAR_HERE = (
    "--from is for a computer without a clinic. Here the places that were chosen are in the list:"
    " python run.py restore"
)


def main(argv: list[str]) -> int:
    """0 when everybody can work again, or the list was all; 1 with a sentence when nothing was
    done."""
    given = _given(argv)
    config = read_config(data=given.data)
    if given.to is not None:
        config = replace(config, data_dir=given.to.expanduser().resolve())
    try:
        if given.to is None and House(config).state is not State.NO_CLINIC:
            if given.far:
                print(_FAR_HERE, file=sys.stderr)
                return FAILED
            return restore_in_place(config, given)
        return _come_back(config, given)
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"The backup could not be read or restored: {trouble.strerror}.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped: all of it is restored, or nothing, never half.", file=sys.stderr)
        return FAILED
    except EOFError:
        print("Nothing was restored: this has to be answered at a terminal.", file=sys.stderr)
        return FAILED


def _given(argv: list[str]) -> argparse.Namespace:
    options = parser("restore", "A clinic out of its backup. Without FILE: choose from a list.")
    options.add_argument("file", type=Path, nargs="?", metavar="FILE")
    options.add_argument("--to", type=Path, metavar="FOLDER", help="come back in a new folder")
    options.add_argument(
        "--user", default="", help="the administrator who restores, and unlocks from now on"
    )
    options.add_argument("--accept", default="", metavar="DAY", help="the day of the backup")
    options.add_argument(
        "--from",
        dest="far",
        default="",
        metavar="PLACE",
        help="where there is no clinic: fetch it from sftp://USER@HOST/FOLDER or"
        " s3+https://HOST/BUCKET/FOLDER",
    )
    options.add_argument("--key", type=Path, metavar="FILE", help="a private key for that place")
    options.add_argument(
        "--host-key", default="", metavar="SHA256:…", help="the key that computer must show"
    )
    return options.parse_args(argv)


def _come_back(config: Config, given: argparse.Namespace) -> int:
    check_free(config)
    print(f"There is no clinic in {config.data_dir} yet: one comes back there.")
    file = fetched_file(config, given) if given.far else _file(config, given.file)
    if file is None:
        return FINE
    words = typed_words()
    label = look_into(file, words)
    _tell(config, label, words)
    check_known_then(label, given.user)
    accepted = accepted_day(label, given.accept)
    passphrase = os.environ.get("MEDILINK_PASSPHRASE")
    again = passphrase
    if not passphrase:
        passphrase = getpass.getpass("A new passphrase: ")
        again = getpass.getpass("The same again: ")
    brought = ComingBack(file, words, given.user, passphrase, again or "", accepted)
    with claim_folder(config):
        rebuilt = come_back(config, brought, system_clock, bar)
    print(f"Restored to {config.data_dir}: {rebuilt.entries} entries of the log, all checked.")
    print(f"Start it with: python run.py --data {config.data_dir}")
    return FINE


def _file(config: Config, named: Path | None) -> Path | None:
    if named is not None:
        return named.expanduser().resolve()
    found = backups_found(folders_to_look_in(config.data_dir))
    print("Backups on this computer and on what is plugged in, by when the file was written:")
    lines = [(_line(one), str(one.path)) for one in found]
    number = choose_number(lines)
    return None if number is None else found[number].path


def _line(one: Found) -> str:
    day = utc_words(one.changed * 1000) or UNKNOWN_DAY
    return f"{day} · number {one.generation} · {one.path.parent}"


def _tell(config: Config, label: Label, words: str) -> None:
    tell_label(label)
    if label.administrators:
        print(f"Administrators in it: {', '.join(label.administrators)}.")
    print("What was written after that is not in it.")
    if lost := entries_lost(config, label, words):
        print(f"This computer knows of {lost:,} entries that will be lost.")

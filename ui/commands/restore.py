"""`python run.py restore FILE --to FOLDER`: a clinic out of its backup, on a new computer.

Needs the file, the words of the recovery sheet or of two sheets of three (typed in one line, or
MEDILINK_RECOVERY_WORDS), a new passphrase (typed, or MEDILINK_PASSPHRASE) and the day of the
backup, typed as it is shown (or --accept): what came after it is lost.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from dataclasses import replace
from pathlib import Path

from backup.format import Label
from medilink.config import Config, read_config
from medilink.desk import system_clock
from medilink.errors import MediLinkError
from ui.coming_back import (
    ComingBack,
    check_accepted,
    come_back,
    day_of,
    entries_lost,
    look_into,
    made_at,
)
from ui.commands.backup import bar, typed_words
from ui.commands.options import FAILED, FINE, complain


def main(argv: list[str]) -> int:
    """0 when everybody can work again; 1 with a sentence when nothing was done."""
    given = _given(argv)
    config = replace(read_config(), data_dir=given.to.expanduser().resolve())
    try:
        words = typed_words()
        label = look_into(given.file, words)
        _tell(config, label, words)
        brought = _brought(given, words, label)
        rebuilt = come_back(config, brought, system_clock, bar)
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"The backup could not be read or restored: {trouble.strerror}.", file=sys.stderr)
        return FAILED
    except EOFError:
        print("Nothing was restored: this has to be answered at a terminal.", file=sys.stderr)
        return FAILED
    print(f"Restored to {config.data_dir}: {rebuilt.entries} entries of the log, all checked.")
    print(f"Start it with: python run.py --data {config.data_dir}")
    return FINE


def _given(argv: list[str]) -> argparse.Namespace:
    options = argparse.ArgumentParser(
        prog="python run.py restore", description="A clinic out of its backup, on a new computer."
    )
    options.add_argument("file", type=Path, metavar="FILE")
    options.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder")
    options.add_argument("--user", default="", help="the administrator who unlocks from now on")
    options.add_argument("--accept", default="", metavar="DAY", help="the day of the backup")
    return options.parse_args(argv)


def _tell(config: Config, label: Label, words: str) -> None:
    says = label.says
    print(f"Backup {says.generation} of {says.clinic}, made {made_at(label):%Y-%m-%d %H:%M} UTC:")
    print(f"{says.patients:,} patients; the log up to entry {label.log.size:,}.")
    print("What was written after that is not in it.")
    if lost := entries_lost(config, label, words):
        print(f"This computer knows of {lost:,} entries that will be lost.")
    print(f"If that is what you want, the day to type is {day_of(label)}.")


def _brought(given: argparse.Namespace, words: str, label: Label) -> ComingBack:
    accepted = given.accept or input("Type the day of the backup: ").strip()
    check_accepted(label, accepted)
    passphrase = os.environ.get("MEDILINK_PASSPHRASE")
    again = passphrase
    if not passphrase:
        passphrase = getpass.getpass("A new passphrase: ")
        again = getpass.getpass("The same again: ")
    return ComingBack(given.file, words, given.user, passphrase, again or "", accepted)

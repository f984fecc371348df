"""`python run.py backup --to FOLDER`: everything into one sealed file, opened and checked there.

`python run.py backup --when-due [--also FOLDER …]` is for the computer's own timer, every ten
minutes: it makes a backup beside the store when the last verified one is a day old, carries the
newest to every chosen place and every folder named here that is there and lacks it, opens it there
once a week, and thins out.

The first backup of a store from before there were any asks for the 24 words of the recovery sheet,
or reads them from MEDILINK_RECOVERY_WORDS.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from backup.kept import Kept
from backup.recovery import words_open_backups
from backup.taking import take_backup
from medilink.acts.back_up import recovery_key_held
from medilink.errors import MediLinkError
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser
from ui.house import House
from ui.rounds import chosen_folder, places_switched_on, rounds_here

WORDS = "MEDILINK_RECOVERY_WORDS"


def main(argv: list[str]) -> int:
    """0 when the backup is there and was checked; 1 with a sentence when it is not."""
    given = _given(argv)
    try:
        house = opened_house(config_of(given))
        try:
            if given.when_due:
                return _round(house, given.also)
            kept = _take(house, given.to)
        finally:
            house.close()
    except MediLinkError as error:
        return complain(error)
    except EOFError:
        print("No backup was made: this has to be answered at a terminal.", file=sys.stderr)
        return FAILED
    if given.json:
        print(json.dumps(as_json(kept)))
    else:
        print(f"Backup {kept.generation}, {kept.size:,} bytes, opened and checked:")
        print(given.to / kept.name)
    return FINE


def _given(argv: list[str]) -> argparse.Namespace:
    options = parser("backup", "Everything into one sealed file, opened and checked there.")
    options.add_argument("--to", type=Path, metavar="FOLDER")
    options.add_argument("--when-due", action="store_true", help="for a timer: only what is due")
    options.add_argument(
        "--also", type=Path, action="append", default=[], metavar="FOLDER", help="carry it there"
    )
    options.add_argument("--json", action="store_true")
    given = options.parse_args(argv)
    if (given.to is None) != given.when_due:
        options.error("say where --to, or --when-due")
    return given


def _round(house: House, also: Sequence[Path]) -> int:
    """What was due and what came of it, a line each. A stick that is elsewhere is no trouble."""
    _ask_words_once(house)
    desk = house.system_desk()
    named = [chosen_folder(path) for path in also if path.is_dir()]
    places = [*places_switched_on(desk), *named]
    done = rounds_here(house, desk, places, lambda _part, _place, at, of: bar(at, of)).go()
    print("Another process makes a round." if done.busy else f"Due: {done.due.value}.")
    if done.made:
        print(f"Backup {done.made.generation}, {done.made.size:,} bytes, opened and checked.")
    for place in done.carried:
        print(f"Carried to {place}.")
    for place, trouble in done.troubles.items():
        print(f"{place}: {trouble.sentence}", file=sys.stderr)
    return FAILED if done.troubles else FINE


def _take(house: House, folder: Path) -> Kept:
    _ask_words_once(house)
    desk = house.system_desk()
    return take_backup(desk, house.store, house.store_id, folder, bar)


def _ask_words_once(house: House) -> None:
    """A store from before there were backups does not know whom to seal them to."""
    desk = house.system_desk()
    if recovery_key_held(desk) is None:
        held = house.unlockers.held()
        words_open_backups(desk, held, typed_words())


def typed_words() -> str:
    """The words of the recovery sheet, as they are given or typed; they are not shown."""
    return os.environ.get(WORDS) or getpass.getpass(
        "The words of the recovery sheet, or of two of three: "
    )


def as_json(kept: Kept) -> dict[str, object]:
    """A backup for other programs."""
    return {
        "name": kept.name,
        "generation": kept.generation,
        "at": kept.at,
        "size": kept.size,
        "sha256": kept.digest.hex(),
        "verified_at": kept.verified_at,
    }


def bar(done: int, of: int) -> None:
    """Progress on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done} of {of} pages", end="\n" if done == of else "", file=sys.stderr)

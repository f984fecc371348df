"""`python run.py drill`: the newest backup of every place restored into a copy, and worked with.

Beside the folder next to the store, `--also FOLDER` names those backups are carried to; a stick
that is elsewhere fails nothing. `--report FILE` writes the signed report as PDF.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from backup.scratch import sweep_scratch
from exports.whole_files import writing_new
from medilink.acts.back_up_places import chosen_places
from medilink.drills import Drill, drill_as_text
from medilink.errors import MediLinkError
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser
from ui.drills import drill_now
from ui.house import House
from ui.parts.drill_files import drill_report
from ui.parts.drill_words import came_words, place_words, time_words, verdict_words
from ui.rounds import chosen_folder, places_switched_on
from ui.words import speak


def main(argv: list[str]) -> int:
    """0 when every backup that was there could be restored; 1 when one could not."""
    given = _given(argv)
    try:
        house = opened_house(config_of(given))
        try:
            drill = _drill(house, given)
        finally:
            house.close()
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"The drill could not be held: {trouble.strerror}.", file=sys.stderr)
        return FAILED
    if given.json:
        print(drill_as_text(drill))
    else:
        _print(drill)
    return FINE if drill.passed else FAILED


def _given(argv: list[str]) -> argparse.Namespace:
    options = parser("drill", "Every backup restored into a copy, checked and worked with.")
    options.add_argument(
        "--also", type=Path, action="append", default=[], metavar="FOLDER", help="drill it too"
    )
    options.add_argument("--report", type=Path, metavar="FILE", help="the signed report as PDF")
    options.add_argument("--json", action="store_true")
    return options.parse_args(argv)


def _drill(house: House, given: argparse.Namespace) -> Drill:
    sweep_scratch(house.config.data_dir)
    desk = house.system_desk()
    named = {path: chosen_folder(path) for path in given.also if path.is_dir()}
    called = {one.key: one.name for one in chosen_places(desk)}
    called |= {place.key: str(path) for path, place in named.items()}
    places = [*places_switched_on(desk), *named.values()]
    drill = drill_now(house, desk, places, called, _bar)
    if given.report:
        speak(desk.clinic.language)
        with writing_new(given.report) as file:
            file.write(drill_report(desk, drill))
    return drill


def _print(drill: Drill) -> None:
    print(verdict_words(drill))
    for one in drill.tried:
        took = f" ({time_words(one.took)})" if one.steps else ""
        print(f"{place_words(one)}: {came_words(one)}{took}")


def _bar(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{100 * done // of} %", end="\n" if done == of else "", file=sys.stderr)

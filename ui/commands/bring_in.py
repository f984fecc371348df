"""`python run.py import FILES`: bring in FHIR R4 bundles and CSV tables from the command line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from medilink.acts.bring_in import LARGEST_FILE_BYTES, ImportReport, bring_in, read_file
from medilink.desk import Desk
from medilink.errors import (
    FileChanged,
    FileLocked,
    FilePasswordWrong,
    FileUnreadable,
    MediLinkError,
    SignerUnknown,
)
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser

BAR_WIDTH = 30
PASSWORD = "MEDILINK_FILE_PASSWORD"  # noqa: S105 where it is read from


def main(argv: list[str]) -> int:
    """0 when everything was read; 1 when a file or an entry was not."""
    options = parser("import", "Bring in FHIR R4 bundles (JSON) and CSV tables of patients.")
    options.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=f"a locked file's password is read from {PASSWORD}",
    )
    options.add_argument("--json", action="store_true", help="print the report as JSON")
    options.add_argument(
        "--unknown-signers",
        action="store_true",
        help="also files of clinics that are not known here; compare their six words first",
    )
    given = options.parse_args(argv)
    try:
        house = opened_house(config_of(given))
    except MediLinkError as error:
        return complain(error)
    report = ImportReport()
    try:
        for name in given.files:
            _import_file(house.system_desk(), Path(name), report, given)
    except MediLinkError as error:
        return complain(error)
    finally:
        house.close()
    _say(report, as_json=given.json)
    return FAILED if report.troubles or report.unread else FINE


def _import_file(desk: Desk, path: Path, report: ImportReport, given: argparse.Namespace) -> None:
    password, strangers = os.environ.get(PASSWORD, ""), given.unknown_signers
    try:
        people, unread = read_file(desk, path.name, _content(path), password, strangers=strangers)
    except (FileUnreadable, FileChanged, FileLocked, FilePasswordWrong, SignerUnknown) as error:
        report.troubles.append((path.name, error.sentence))
        return
    report.unread += unread
    count = len(people)
    bring_in(
        desk, people, report, lambda done: None if given.json else _bar(path.name, done, count)
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise FileUnreadable(why="it is larger than 200 MB. Split it.")
        return path.read_bytes()
    except OSError as trouble:
        raise FileUnreadable(why=trouble.strerror or "it cannot be opened") from trouble


def _bar(name: str, done: int, count: int) -> None:
    """A bar that redraws on a terminal, and one line a file elsewhere."""
    filled = BAR_WIDTH * done // max(count, 1)
    text = f"{name}: [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done} of {count} people"
    if sys.stderr.isatty():
        print(f"\r{text}", end="\n" if done == count else "", file=sys.stderr, flush=True)
    elif done == count:
        print(text, file=sys.stderr)


def _say(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        shown = {
            "people": report.people,
            "entries": report.entries,
            "already_here": report.already_here,
            "unread": [[part.where, part.why] for part in report.unread],
            "troubles": report.troubles,
        }
        print(json.dumps(shown, ensure_ascii=False))
        return
    print(
        f"{report.people} people and {report.entries} entries added; "
        f"{report.already_here} entries were here already."
    )
    for name, why in report.troubles:
        print(f"{name}: {why}")
    for part in report.unread:
        print(f"  not read: {part.where}: {part.why}")

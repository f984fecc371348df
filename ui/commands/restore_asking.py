"""What `python run.py restore` says and asks, wherever it restores to."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from backup.format import Label
from ui.coming_back import check_accepted, day_of, made_at

UNKNOWN_DAY = "day not known"


def choose_number(lines: Sequence[tuple[str, str]]) -> int | None:
    """Which of the backups, each as (what is shown, what names it); None where none was chosen.
    Where nobody is at the terminal, the list says how to name one."""
    if not lines:
        print("No backup is known. Name its file, or see: python run.py restore --help")
        return None
    asked = sys.stdin.isatty()
    for number, (shown, name) in enumerate(lines, start=1):
        print(f"{number:3}  {_printable(shown)}")
        if not asked:
            print(f"     {_printable(name)}")
    if not asked:
        print("Name one: python run.py restore FILE, with what stands in the line below it.")
        return None
    while True:
        typed = input("Number of the backup (Enter alone: none): ").strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) <= len(lines):
            return int(typed) - 1
        print(f"Type a number from 1 to {len(lines)}.")


def _printable(text: str) -> str:
    """What others have named: nothing that a terminal would obey."""
    return "".join(one if one.isprintable() else "?" for one in text)


def tell_label(label: Label) -> None:
    """What a backup says it holds."""
    says = label.says
    clinic = _printable(says.clinic)
    print(f"Backup {says.generation} of {clinic}, made {made_at(label):%Y-%m-%d %H:%M} UTC:")
    print(f"{says.patients:,} patients; the log up to entry {label.log.size:,}.")


def accepted_day(label: Label, given: str) -> str:
    """The day of the backup, typed: what came after it is lost. Raises RestoreNotAccepted."""
    print(f"If that is what you want, the day to type is {day_of(label)}.")
    accepted = given or input("Type the day of the backup: ").strip()
    check_accepted(label, accepted)
    return accepted


def megabyte_bar(done: int, of: int) -> None:
    """How much of a file is here."""
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{done / 1e6:,.1f} of {of / 1e6:,.1f} MB", end=end, file=sys.stderr)

"""`python run.py restore [FILE]` where there is a clinic: the walk of the page Restore, typed.

Which backup, what it holds and what would be lost, the day and an administrator's password; a
backup of how everything is now, the restore, and the exchange under its journal
(`ui.restoring_here`).
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from backup.archive import Progress
from backup.format import Label
from backup.kept import read_name
from medilink.acts.back_up import administrators
from medilink.acts.my_account import work_as
from medilink.acts.replace_store import Lost, life_of_backup, lost_since
from medilink.acts.sign_in import sign_in
from medilink.config import Config
from medilink.desk import Desk
from medilink.earlier_life import Made
from medilink.errors import (
    AlreadyRunning,
    BackupUnreadable,
    StoreTrouble,
    WordsNeeded,
    WrongPassphrase,
)
from medilink.people import Role
from ui.commands.backup import bar, typed_words
from ui.commands.options import FAILED, FINE, claim_folder, opened_house
from ui.commands.restore_asking import (
    UNKNOWN_DAY,
    accepted_day,
    choose_number,
    megabyte_bar,
    tell_label,
)
from ui.house import House
from ui.restore_choices import Choice, choices_here, to_bring_here
from ui.restoring_here import SAVING, Asked, begin_restore, label_with
from ui.utc_words import utc_words


def restore_in_place(config: Config, given: argparse.Namespace) -> int:
    """0 when everybody works with the backup's records, or the list is all that was wanted; that
    one is there while MediLink runs, too."""
    try:
        if given.file is None and not sys.stdin.isatty():
            return _list(config)
        with claim_folder(config):
            house = _opened(config)
            try:
                return _restore(house, given)
            finally:
                house.close()
    except AlreadyRunning:
        print(
            "MediLink is running on these records, so nothing was done. Restore on its page (The"
            " clinic, Restore), or stop it with Ctrl-C first.",
            file=sys.stderr,
        )
        return FAILED


def _list(config: Config) -> int:
    house = _opened(config)
    try:
        _chosen(house, None)
    finally:
        house.close()
    return FINE


def _opened(config: Config) -> House:
    try:
        return opened_house(config)
    except StoreTrouble as trouble:
        if not isinstance(trouble, WrongPassphrase):
            print(
                "These records do not open. A backup can be brought back beside them, into a new"
                " folder: python run.py restore FILE --to NEW-FOLDER",
                file=sys.stderr,
            )
        raise


def _restore(house: House, given: argparse.Namespace) -> int:
    chosen = _chosen(house, given.file)
    if chosen is None:
        return FINE
    admin, password = _administrator(house, given.user)
    if admin.who.must_change:
        print("Choose your own password first: sign in on the page of MediLink.", file=sys.stderr)
        return FAILED
    file = chosen if isinstance(chosen, Path) else _brought(house, admin, chosen)
    label, words = _label(admin, file)
    _tell(admin, label, lost_since(admin, label.log))
    accepted = accepted_day(label, given.accept)
    begin_restore(house, admin, Asked(file, words, password, accepted), _step)
    _tell_done(house, label)
    return FINE


# ---- which one


def _chosen(house: House, named: Path | None) -> Path | Choice | None:
    """A file, or one from the list; None where none was chosen."""
    if named is not None and (named.exists() or not read_name(str(named))):
        return named.expanduser().resolve()
    desk = house.system_desk()
    here = choices_here(house, desk, ask_far=True)
    choices = here.backups
    for place, trouble in here.troubles.items():
        print(f"{place or 'this computer'} may have more. {trouble.sentence}", file=sys.stderr)
    if named is not None:
        chosen = next((one for one in choices if one.name == str(named)), None)
        if chosen is None:
            raise BackupUnreadable(why="no such file, and no place is known to have it")
        return chosen
    number = choose_number([_line(desk, one) for one in choices])
    return None if number is None else choices[number]


def _brought(house: House, desk: Desk, chosen: Choice) -> Path:
    if chosen.found is not None:
        return chosen.found.path
    bring = to_bring_here(house, desk, chosen)
    print(f"It is brought here from {chosen.where}:")
    return bring(megabyte_bar)


def _line(desk: Desk, one: Choice) -> tuple[str, str]:
    """How a backup stands in the list, and how it is named."""
    made = (one.at and utc_words(one.at)) or f"{UNKNOWN_DAY:20}"
    where = one.where or "this computer"
    parts, found = [made, f"number {one.generation}", where], one.found
    if found is None:
        parts.append("is brought here first")
    elif found.trouble:
        parts.append("DAMAGED")
    elif found.label is None:
        parts.append("needs its recovery words")
    epoch = found.label.epoch if found and found.label else b""
    if lived := _lived(desk, one.at, epoch):
        parts.append(lived)
    return " · ".join(parts), str(found.path) if found else one.name


def _lived(desk: Desk, at: int, epoch: bytes) -> str:
    """Nothing for one of the present life of the records."""
    lived = life_of_backup(desk, at, epoch)
    if not at or lived.made is Made.NOW:
        return ""
    if lived.made is Made.ASIDE:
        return "made by records that were given up"
    return f"made before the restore of {utc_words(lived.until)[:10]}"


# ---- who, what it holds, and what would be lost


def _administrator(house: House, named: str) -> tuple[Desk, str]:
    """An administrator, signed in, and the password. Raises SignInFailed, TooManyTries."""
    names = [one.user_name for one in administrators(house.system_desk())]
    name = named or (names[0] if len(names) == 1 else "")
    name = name or input(f"Your user name ({', '.join(names)}): ").strip()
    password = os.environ.get("MEDILINK_PASSPHRASE") or getpass.getpass(f"Password of {name}: ")
    desk = house.desk()
    admin = desk.signed_in_as(sign_in(desk, name, password))
    if Role.ADMIN in admin.who.roles and admin.who.role is not Role.ADMIN:
        admin = admin.signed_in_as(work_as(admin, Role.ADMIN))
    return admin, password


def _label(admin: Desk, file: Path) -> tuple[Label, str]:
    """What it says of itself, and the words, where only they open it."""
    try:
        return label_with(admin, file, ""), ""
    except WordsNeeded as needed:
        print(needed.sentence)
    words = typed_words()
    return label_with(admin, file, words), words


def _tell(admin: Desk, label: Label, lost: Lost) -> None:
    tell_label(label)
    if lived := _lived(admin, label.says.at, label.epoch):
        print(f"It was {lived}.")
    if not lost.known:
        print(
            "What would be lost cannot be counted: this backup is of another clinic, or from the"
            " time before an earlier restore. All of the present records are replaced."
        )
    elif lost.written or lost.people or lost.changed:
        print(
            f"Lost if you go on: visits or entries in records: {lost.written:,}; people"
            f" registered: {lost.people:,}; corrections: {lost.changed:,}."
        )
    else:
        print("Nothing was written in a record since.")
    print("If anything goes wrong, everything stays as it is.")


# ---- the restore


def _step(step: str) -> Progress:
    saving = step == SAVING
    print("A backup is made of how everything is now." if saving else "The backup is restored.")
    return bar


def _tell_done(house: House, label: Label) -> None:
    swap = house.store.backups.of_swaps()[0]
    took = f" It took {max(round(swap.took / 1000), 1):,} s." if swap.took else ""
    print(f"Restored: everything is as it was on {utc_words(label.says.at)}.{took}")
    print("MediLink is unlocked with your password from now on; other administrators can unlock it")
    print("again once they have signed in. The records from before are kept in")
    print(f"{house.config.data_dir / swap.folder}")
    print("until an administrator deletes them on the page Restore.")

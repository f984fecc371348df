"""`python run.py backups FOLDER`: which backups of this clinic lie there, and whether each is still
what it was; with --check each is opened and looked at whole."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from backup.archive import digest_of
from backup.kept import Kept, read_name
from backup.restoring import check_backup
from backup.taking import KEY_BYTES, as_kept, one_at_a_time, scratch_file
from medilink.acts.back_up import backup_looked_at, drill_identity
from medilink.errors import MediLinkError
from medilink.store_backup import BackupRow
from ui.commands.backup import as_json, bar
from ui.commands.options import FAILED, FINE, complain, config_of, opened_house, parser
from ui.house import House


class Found(NamedTuple):
    """A backup's file in a folder. `sound` None: of a store this one does not know."""

    kept: Kept
    sound: bool | None
    said: str = "as it was made"


def main(argv: list[str]) -> int:
    """0 when every backup there is what it was; 1 when one is not, or the folder cannot be read."""
    given = _given(argv)
    try:
        house = opened_house(config_of(given))
        try:
            found = list(look_at(house, given.folder, whole=given.check))
        finally:
            house.close()
    except MediLinkError as error:
        return complain(error)
    except OSError as trouble:
        print(f"{given.folder} could not be read: {trouble.strerror}.", file=sys.stderr)
        return FAILED
    if given.json:
        print(json.dumps([{**as_json(one.kept), "sound": one.sound} for one in found]))
    else:
        _print(found)
    return FAILED if any(one.sound is False for one in found) else FINE


def _given(argv: list[str]) -> argparse.Namespace:
    options = parser("backups", "Which backups lie in a folder, and whether they are sound.")
    options.add_argument("folder", type=Path)
    options.add_argument("--check", action="store_true", help="open each and look at all of it")
    options.add_argument("--json", action="store_true")
    return options.parse_args(argv)


def look_at(house: House, folder: Path, *, whole: bool) -> Iterator[Found]:
    """Every file there that is called like a backup of this store, the newest first."""
    known = {row.name: row for row in house.store.backups.of_backups() if row.digest}
    names = [path.name for path in folder.iterdir() if read_name(path.name)]
    for name in sorted(names, key=lambda name: (read_name(name) or ("", 0))[1], reverse=True):
        path, (_, generation) = folder / name, read_name(name) or ("", 0)
        row = known.get(name)
        if row is None:
            unknown = Kept(name, generation, 0, path.stat().st_size, b"", None)
            yield Found(unknown, None, "of another store, or from after this one was restored")
        elif digest_of(path) != row.digest:
            yield Found(as_kept(row), False, "NOT what it was when it was made")
        else:
            yield _opened(house, path, row) if whole else Found(as_kept(row), True)


def _opened(house: House, path: Path, row: BackupRow) -> Found:
    """A backup that is opened and looked at whole."""
    desk, store = house.system_desk(), house.store
    wrong = ""
    with one_at_a_time(store.file.path):
        try:
            key = secrets.token_bytes(KEY_BYTES)
            check_backup(path, drill_identity(desk), scratch_file(store.file.path), key, bar)
        except MediLinkError as error:
            wrong = error.sentence
    backup_looked_at(desk, row, sound=not wrong)
    return Found(as_kept(row), not wrong, wrong or "opened and checked")


def _print(found: list[Found]) -> None:
    for kept, _, said in found:
        made = f"{datetime.fromtimestamp(kept.at / 1000, UTC):%Y-%m-%d %H:%M}" if kept.at else "?"
        print(f"{kept.generation:>8}  {made:16}  {kept.size:>14,}  {said}")
    if not found:
        print("No backups of this clinic lie there.")

"""`python run.py doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import json
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from database.engine import engine_versions
from medilink.config import Config
from medilink.errors import MediLinkError
from security.certificate import CERTIFICATE, fingerprint
from ui.commands.options import FAILED, FINE, config_of, parser
from ui.data_folder import make_folder
from ui.house import House, State
from ui.reading import zbar_there

LEAST_FREE_BYTES = 1024**3


class Finding(NamedTuple):
    """One thing looked at. `fine` None: worth knowing, nothing to mend."""

    what: str
    fine: bool | None
    said: str


def main(argv: list[str]) -> int:
    """0 when nothing needs mending."""
    options = parser("doctor", "Say what is wrong with this installation, and how to mend it.")
    options.add_argument("--json", action="store_true")
    given = options.parse_args(argv)
    findings = list(examine(config_of(given)))
    if given.json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            mark = {True: "ok  ", False: "MEND", None: "note"}[finding.fine]
            print(f"{mark}  {finding.what}: {finding.said}")
    return FAILED if any(finding.fine is False for finding in findings) else FINE


def examine(config: Config) -> Iterator[Finding]:
    """Everything that is looked at, in the order it matters."""
    yield Finding("Python", True, platform.python_version())
    yield Finding("Encrypted store", True, engine_versions())
    yield _folder(config)
    yield _space(config.data_dir)
    yield _clinic(config)
    yield _reader()
    certificate = config.data_dir / CERTIFICATE
    if certificate.is_file():
        yield Finding("Certificate for other devices", None, fingerprint(certificate))
    plain = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    if plain < (3, 51, 3):
        yield Finding(
            "Other SQLite tools",
            None,
            f"the system's SQLite {sqlite3.sqlite_version} must not open the store (too old)",
        )


def _folder(config: Config) -> Finding:
    try:
        make_folder(config)
    except MediLinkError as error:
        return Finding("Data folder", False, error.sentence)
    return Finding("Data folder", True, str(config.data_dir))


def _space(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / 1024**3:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Finding("Disk", False, f"{said}: free some space, or saving will soon fail")
    return Finding("Disk", True, said)


def _clinic(config: Config) -> Finding:
    house = House(config)
    if house.state is State.NO_CLINIC:
        return Finding("Clinic", None, "not set up yet: start MediLink and follow the page")
    try:
        opened = house.unlock_by_itself()
    except MediLinkError as error:
        return Finding("Clinic", False, error.sentence)
    if not opened:
        return Finding("Clinic", None, "locked; an administrator unlocks it after the start")
    house.close()
    return Finding("Clinic", True, "set up; unlocks by itself; the store passes its self-test")


def _reader() -> Finding:
    if zbar_there():
        return Finding("QR readers", True, "zxing-cpp and zbar")
    return Finding(
        "QR readers",
        None,
        "zxing-cpp; the optional zbar library is missing (Debian: apt install libzbar0)",
    )

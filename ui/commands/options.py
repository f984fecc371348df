"""Options every command shares, and opening the house from the command line."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from filelock import FileLock, Timeout

from medilink.config import IN_USE, Config, read_config
from medilink.errors import AlreadyRunning, MediLinkError, NoStoreYet
from ui.data_folder import make_folder
from ui.house import House, State, open_house

FINE, FAILED = 0, 1


def parser(verb: str, does: str) -> argparse.ArgumentParser:
    """A parser with the options all verbs know."""
    made = argparse.ArgumentParser(prog=f"python run.py {verb}", description=does)
    made.add_argument("--data", metavar="DIR", help="data folder (or MEDILINK_DATA)")
    return made


def complain(error: MediLinkError) -> int:
    """One sentence on the terminal, and the exit code of a command that failed."""
    print(error.sentence, file=sys.stderr)
    return FAILED


def opened_house(config: Config) -> House:
    """The installation, unlocked: by itself, or with a passphrase from MEDILINK_PASSPHRASE or
    typed. Raises NoStoreYet, WrongPassphrase, StoreTrouble."""
    house = open_house(config)
    if house.state is State.NO_CLINIC:
        raise NoStoreYet
    if not house.unlock_by_itself():
        given = os.environ.get("MEDILINK_PASSPHRASE")
        house.unlock(given or getpass.getpass("Passphrase of an administrator: "))
    return house


def config_of(arguments: argparse.Namespace) -> Config:
    """The config for a command that only knows --data."""
    return read_config(data=arguments.data)


def claim_folder(config: Config) -> FileLock:
    """Hold the data folder for one serving process. Raises AlreadyRunning, FolderReadOnly."""
    os.umask(0o077)  # whatever is written from here on is for its owner only
    make_folder(config)
    lock = FileLock(config.data_dir / IN_USE, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as taken:
        raise AlreadyRunning from taken
    return lock

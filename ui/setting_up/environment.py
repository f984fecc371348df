"""Making the environment MediLink runs in: one start at a time, stamped as the last thing.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Iterator

from ui.setting_up.installing import install
from ui.setting_up.places import (
    GATE,
    HERE,
    LOG,
    PYTHON,
    ROOT,
    VENV,
    SetUpError,
    run_logged,
    running_inside,
    say,
)
from ui.setting_up.reasons import sentence_for
from ui.setting_up.stamps import is_ready, lock_digest, stamp, stamped, version_of
from ui.setting_up.system_parts import (
    add_backup_tools,
    add_browser,
    add_test_tools,
    add_zbar,
)

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def make_ready(needs: str) -> None:
    """Return once the environment stands; raise SetUpError with one sentence if it cannot."""
    if is_ready(needs):
        return
    try:
        VENV.parent.mkdir(parents=True, exist_ok=True)
        with one_at_a_time():
            if not is_ready(needs):  # another start may have made it while this one waited
                build(needs)
    except OSError as error:
        raise SetUpError(sentence_for(error)) from error
    except KeyboardInterrupt:
        raise SetUpError("\nSet-up stopped; the next start takes it up again.") from None


def build(needs: str) -> None:
    """Make the environment, fill it, and stamp it as the last thing."""
    begun = time.monotonic()
    LOG.write_text("", "utf-8")
    if not can_be_filled_up():
        make_empty()
    install(needs)
    add_zbar()
    if needs == "dev":
        add_browser()
        add_backup_tools()
        add_test_tools()
    for known in {"run", needs}:
        stamp(known).write_text(f"{lock_digest(known)} {HERE}\n", "utf-8")
    say(f"MediLink is set up ({time.monotonic() - begun:.0f} s).")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up lock, waiting for another start that has it.

    The system frees the lock when its holder dies. pip inherits it, so a pip that outlives a
    killed start is waited for too.
    """
    with GATE.open("a") as gate:
        os.set_inheritable(gate.fileno(), True)
        told = False
        while not try_lock(gate.fileno()):
            if not told:
                say("Another start is setting MediLink up; waiting for it …")
            told = True
            time.sleep(0.2)
        yield


def try_lock(descriptor: int) -> bool:
    """Take the lock if it is free."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def can_be_filled_up() -> bool:
    """Whether pip can bring what is there up to date.

    True for one that was whole for this Python, and for one we are running in: it cannot be
    removed from under ourselves.
    """
    whole = any(stamped(needs)[1] == HERE for needs in ("run", "dev"))
    return running_inside() or (whole and version_of(PYTHON) == HERE)


def make_empty() -> None:
    """Remove a half-made environment and make an empty one."""
    if VENV.is_dir() and VENV != ROOT / ".venv" and not (VENV / "pyvenv.cfg").exists():
        if any(VENV.iterdir()):  # never somebody's documents
            raise SetUpError(f"{VENV} holds other things; name an empty folder in MEDILINK_VENV.")
    if VENV.exists():
        say("The last set-up did not finish, or was for another Python: making it anew.")
        shutil.rmtree(VENV)
    if not importlib.util.find_spec("ensurepip"):
        raise SetUpError("This Python has no venv; on Debian: sudo apt install python3-venv")
    say("Setting up MediLink (first start only) …")
    if run_logged([sys.executable, "-I", "-m", "venv", str(VENV)], keep_lock=True) != 0:
        raise SetUpError(f"Python's venv could not make {VENV}; its last words are in {LOG}.")

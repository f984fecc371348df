"""Where MediLink is set up, and the few things every part of set-up needs.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

HERE = "{}.{}".format(*sys.version_info)
ROOT = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("MEDILINK_VENV") or ROOT / ".venv").expanduser().absolute()
WHEELS = ROOT / "wheels"  # carried over for a set-up without internet
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
PACKAGES = VENV / ("Lib/site-packages" if WINDOWS else f"lib/python{HERE}/site-packages")
LOG = VENV.with_name(VENV.name + ".log")
GATE = VENV.with_name(VENV.name + ".lock")
SYSTEM_SECONDS = 900  # a browser over a slow line; the small parts take a few seconds

# Which lock files must be installed for what a verb needs.
LOCKS = MappingProxyType(
    {
        "nothing": (),
        "run": ("requirements.txt",),
        "dev": ("requirements.txt", "requirements-dev.txt"),
    }
)


class SetUpError(Exception):
    """MediLink cannot be set up; the text is the sentence the person reads."""


def running_inside() -> bool:
    """Whether this Python is the environment's own."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def say(text: str) -> None:
    """One line to the person, beside a verb's own output."""
    print(text, file=sys.stderr, flush=True)


def run_logged(command: list[str], *, keep_lock: bool = False) -> int:
    """Run a command with its words in the log and no questions asked; answer its exit code.

    Only what writes the environment may keep the set-up lock: a service that apt starts would
    hold it for ever.
    """
    with LOG.open("a", encoding="utf-8") as log:
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=SYSTEM_SECONDS,
                close_fds=not keep_lock,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return 1

"""Is the environment whole? Stamps in it say which lock files were wholly installed.

A set-up that did not finish leaves no stamp, and the next start makes it anew.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from ui.setting_up.places import HERE, LOCKS, PYTHON, ROOT, VENV


def stamp(needs: str) -> Path:
    """The file that says this set of lock files is wholly installed."""
    return VENV / f"medilink-{needs}.stamp"


def lock_digest(needs: str) -> str:
    """SHA-256 over the lock files, so that an update of MediLink is noticed."""
    texts = b"".join((ROOT / name).read_bytes() for name in LOCKS[needs])
    return hashlib.sha256(texts).hexdigest()


def unstamp() -> None:
    """From here on the environment is neither the old one nor the new one."""
    for needs in ("run", "dev"):
        stamp(needs).unlink(missing_ok=True)


def stamped(needs: str) -> tuple[str, str]:
    """(digest, Python version) as stamped, or two empty texts."""
    try:
        digest, _, version = stamp(needs).read_text("utf-8").strip().partition(" ")
    except FileNotFoundError:
        return "", ""
    return digest, version


def is_ready(needs: str) -> bool:
    """Whether the environment is whole and of these lock files.

    One made with another supported Python is used as it is: making it anew would pull it away
    under a MediLink that is running. Its Python is asked only then (an upgrade of the system may
    have put a different one behind the same name).
    """
    digest, version = stamped(needs)
    if digest != lock_digest(needs) or not os.access(PYTHON, os.X_OK):
        return False
    return version == HERE or version == version_of(PYTHON)


def version_of(python: Path) -> str:
    """The version this Python says it has, as "3.11"."""
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()

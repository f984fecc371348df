"""Making the lock files anew from their .in files, with no trace of where they were made.

Standard library only: it is imported before anything is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from ui.setting_up.places import PYTHON, ROOT, VENV

LOCKER = "uv==0.13.8"  # pinned, so that two people locking get the same file
OLDEST_PYTHON = "3.11"


def lock_requirements(argv: list[str]) -> int:
    """Make both lock files anew. 0 when both were made."""
    options = ["--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    options += ["--custom-compile-command", "python run.py lock", *argv]
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder, PYTHON.relative_to(VENV)))
        steps = [
            [sys.executable, "-m", "venv", folder],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", LOCKER],
        ]
        for name in ("requirements", "requirements-dev"):
            files = [f"{name}.in", "--output-file", f"{name}.txt"]
            steps.append([python, "-m", "uv", "pip", "compile", *options, *files])
        codes = (subprocess.run(step, cwd=ROOT, check=False).returncode for step in steps)
        return 1 if any(codes) else 0  # any() stops at the first that failed

"""Medplum's FHIR validator (Node), asked as a program of its own: it did not make what it judges.

What it needs is installed by `npm ci` at the versions of tests/fhir_validator on first use, beside
the environment. Where npm or a network is missing, tests that ask it are skipped and say so; where
`CI` is set they fail.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.rules.fhir_bundles import REPO

SOURCE = REPO / "tests" / "fhir_validator"
FILES = ("package.json", "package-lock.json", ".npmrc", "validate.mjs", "absent/package.json")


def medplum_errors(bundles: list[dict[str, Any]]) -> list[list[str]]:
    """The sentences of the validator on each of these Bundles."""
    lines = "\n".join(json.dumps(bundle) for bundle in bundles)
    done = subprocess.run(
        ["node", str(_installed() / "validate.mjs")],
        input=lines, capture_output=True, text=True, check=True, timeout=110,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def _installed() -> Path:
    whole = b"".join((SOURCE / name).read_bytes() for name in FILES)
    kept = REPO / ".venv" / f"fhir-validator-{hashlib.sha256(whole).hexdigest()[:12]}"
    if kept.exists():
        return kept
    if not shutil.which("npm"):
        _without("npm is not here: the summaries are not looked at by Medplum.")
    folder = Path(mkdtemp(dir=kept.parent, prefix="fhir-validator-"))
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(SOURCE / name, folder / name)
    done = subprocess.run(["npm", "ci"], cwd=folder, capture_output=True, text=True, timeout=110)
    if done.returncode:
        shutil.rmtree(folder)
        _without(f"npm ci did not work: {done.stderr[-300:]}")
    try:
        folder.rename(kept)
    except OSError:  # another test run was faster
        shutil.rmtree(folder)
    return kept


def _without(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)

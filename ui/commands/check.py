"""The verbs `check` and `test`: the same gate on every computer.

`check` is for between two edits: lint, format, types, import rules and the quick tests. `test`
runs the first four and every test; given paths or pytest's options it is pytest alone. Neither
stops at the first failure, and `test` ends on pytest's own closing line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as go; go()"  # no __main__
STEPS = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy --strict", ("-m", "mypy")),
    ("import rules", ("-c", LINT_IMPORTS, "--no-logo")),
)
QUICK = ("quick tests", ("-m", "pytest", "-q", "-m", "not slow and not browser"))
PYTEST = ("-m", "pytest")

CHECK_USAGE = """\
usage: python run.py check
Lint, format, types, import rules and the quick tests; exit code 1 if any failed."""
TEST_USAGE = """\
usage: python run.py test [--long] [PYTEST OPTIONS] [PATHS]
Without options or paths: every check and every test. With them: pytest alone, given them.
  --long    more examples and longer fault runs (sets MEDILINK_LONG=1)"""


def main(argv: list[str]) -> int:
    """Run every step of the gate and sum them up."""
    if argv:
        print(CHECK_USAGE)
        return 0 if argv[0] in ("-h", "--help") else 2
    failed = failed_steps((*STEPS, QUICK))
    print(f"\ncheck: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return 1 if failed else 0


def run_tests(argv: list[str]) -> int:
    """Run the tests, after the other checks if nothing particular was asked for."""
    if argv[:1] in (["-h"], ["--help"]):
        print(TEST_USAGE)
        return 0
    if "--long" in argv:
        os.environ["MEDILINK_LONG"] = "1"
    wanted = [argument for argument in argv if argument != "--long"]
    failed = [] if wanted else failed_steps(STEPS)
    if failed:
        print(f"\nfailed before the tests, so the exit code will be 1: {', '.join(failed)}")
    tests = run_step("tests", (*PYTEST, *wanted))
    return tests or (1 if failed else 0)


def failed_steps(steps: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """Run each step, print its result, and name those that failed."""
    failed = []
    for name, arguments in steps:
        begun = time.monotonic()
        code = run_step(name, arguments)
        seconds = time.monotonic() - begun
        print(f"== {name}: {'FAILED' if code else 'passed'} ({seconds:.1f} s)", flush=True)
        if code:
            failed.append(name)
    return failed


def run_step(name: str, arguments: tuple[str, ...]) -> int:
    """Run one tool of this environment at the root of the repository."""
    print(f"\n== {name}", flush=True)
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode

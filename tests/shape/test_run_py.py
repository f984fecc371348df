"""run.py from outside: what it says, and that the environment it makes is whole or made anew.

The set-ups are real (venv, pip, hashes) but install one tiny package from a wheels/ folder.
"""

import ast
import errno
import hashlib
import importlib
import inspect
import os
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import run
from ui.setting_up import installing, locking, places, reasons

SOURCE = Path(run.__file__).read_text("utf-8")
ROOT = Path(run.__file__).parent
SETTING_UP = sorted((ROOT / "ui" / "setting_up").glob("*.py"))
OLDER_PYTHON = """
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
runpy.run_path({path!r}, run_name="__main__")
"""
SHOW = '''"""A verb that shows what it got."""

import tiny


def main(argv: list[str]) -> int:
    print(tiny.__name__, argv)
    return 7
'''


@pytest.mark.parametrize("path", [ROOT / "run.py", *SETTING_UP], ids=lambda path: path.stem)
def test_what_runs_before_the_environment_needs_only_the_standard_library(path: Path) -> None:
    names: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    foreign = {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}
    assert all(name.startswith("ui.setting_up") for name in foreign)
    assert "standard library" in (ast.get_docstring(tree) or "").lower()


def test_the_package_around_set_up_imports_nothing() -> None:
    body = ast.parse((ROOT / "ui" / "__init__.py").read_text("utf-8")).body
    assert [type(node) for node in body] == [ast.Expr]  # its docstring


def test_lock_files_are_made_for_the_oldest_python_that_may_start() -> None:
    assert locking.OLDEST_PYTHON == "{}.{}".format(*min(run.PYTHONS))


@pytest.mark.parametrize("verb", run.VERBS)
def test_every_verb_names_a_function_of_the_arguments(verb: str) -> None:
    module, name = run.VERBS[verb].target.split(":")
    function = getattr(importlib.import_module(module), name)
    assert list(inspect.signature(function).parameters) == ["argv"]


def test_an_unknown_verb_is_answered_with_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["backpu"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert all(verb in said for verb in ("backpu", *run.VERBS))


def test_help_lists_every_verb_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {verb} " in said and run.VERBS[verb].help in said for verb in run.VERBS)


def test_another_python_gets_one_sentence() -> None:
    command = [sys.executable, "-c", OLDER_PYTHON.format(path=run.__file__)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("MediLink needs Python 3.11, 3.12 or 3.13; this is 3.9.")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("WARNING: Retrying … NewConnectionError\nERROR: No matching distribution found for a==1\n",
         "cannot be reached"),
        ("Collecting a==1\nERROR: Could not install: [Errno 28] No space left on device\n",
         "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM\n    a==1 from x:\n      Expected\n",
         "a==1 is not the file the lock file names"),
        ("ERROR: No matching distribution found for a==1\n", "no ready-made a for this computer"),
        ("Collecting a==1\nCollecting b==2\nTraceback\n", "the installer stopped at b==2"),
        ("Traceback\n", "pip failed"),
    ],
)  # fmt: skip
def test_a_failed_install_is_told_as_its_reason(output: str, reason: str) -> None:
    said = reasons.sentence_for_pip(output)
    assert reason in said
    assert str(places.LOG) in said


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_nobody_may_write_in_is_told_as_such(number: int) -> None:
    assert f"may not write in {places.VENV.parent}" in reasons.sentence_for(OSError(number, ""))


def test_progress_counts_only_what_this_computer_needs(capsys: pytest.CaptureFixture[str]) -> None:
    pins = Counter({"numpy": 2, "colorama": 1, "pillow": 1})
    progress = installing.Progress(pins)
    for name in ("numpy", "colorama"):
        progress.hear(f"Ignoring {name}: markers 'x' don't match your environment\n")
    progress.hear("Collecting pillow==13.0.0 (from -r requirements.txt (line 9))\n")
    assert progress.shown == "fetching 1 of 2 packages: pillow"
    assert progress.shown in capsys.readouterr().err
    progress.hear("Processing ./wheels/numpy-2.4.6-cp311-cp311-linux_x86_64.whl (from -r x)\n")
    assert progress.shown == "fetching 2 of 2 packages: numpy"


def tiny_wheel(folder: Path, text: str = "") -> str:
    """Write the wheel of a package of one empty module, and answer its SHA-256."""
    folder.mkdir(exist_ok=True)
    file = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("tiny.py", text)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone whose only requirement is the tiny package, carried over in wheels/."""
    (tmp_path / "run.py").write_text(SOURCE, "utf-8")
    digest = tiny_wheel(tmp_path / "wheels")
    (tmp_path / "requirements.txt").write_text(f"tiny==1.0 --hash=sha256:{digest}\n", "utf-8")
    for path in (ROOT / "ui" / "__init__.py", *SETTING_UP):
        copied = tmp_path / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text(path.read_text("utf-8"), "utf-8")
    commands = tmp_path / "ui" / "commands"
    commands.mkdir(parents=True)
    (commands / "doctor.py").write_text(SHOW, "utf-8")
    return tmp_path


def begin(clone: Path) -> subprocess.Popen[str]:
    """Start a verb of the clone as a person would."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MEDILINK_")}
    return subprocess.Popen(
        [sys.executable, "run.py", "doctor", "--json", "a b"],
        cwd=clone,
        env={**env, "MEDILINK_SYSTEM": "no"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """(exit code, what the verb printed, what set-up said)."""
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


WORKED = (7, "tiny ['--json', 'a b']\n")


@pytest.mark.slow
def test_of_two_first_starts_one_sets_up_and_later_ones_only_start(clone: Path) -> None:
    ends = [outcome(start) for start in [begin(clone), begin(clone)]]
    assert [end[:2] for end in ends] == [WORKED, WORKED]
    assert sum("MediLink is set up (" in end[2] for end in ends) == 1
    assert sum("waiting for it" in end[2] for end in ends) <= 1  # the slower may have come too late
    (clone / "wheels" / "tiny-1.0-py3-none-any.whl").unlink()
    assert outcome(begin(clone)) == (*WORKED, "")


@pytest.mark.slow
def test_an_environment_whose_making_was_killed_is_made_anew(clone: Path) -> None:
    killed = begin(clone)
    while not (clone / ".venv" / "pyvenv.cfg").exists():
        time.sleep(0.01)
    killed.kill()
    outcome(killed)
    left = clone / ".venv" / "left-by-the-killed-one"
    left.touch()
    *again, said = outcome(begin(clone))
    assert tuple(again) == WORKED
    assert "did not finish" in said
    assert not left.exists()


@pytest.mark.slow
def test_a_package_that_was_changed_on_the_way_is_refused(clone: Path) -> None:
    tiny_wheel(clone / "wheels", "print('not what was locked')")
    code, out, said = outcome(begin(clone))
    assert (code, out) == (1, "")
    assert "tiny==1.0" in said
    assert "is not the file the lock file names" in said


@pytest.mark.slow
def test_somebodys_folder_is_never_removed_for_an_environment(clone: Path) -> None:
    (clone / "letters").mkdir()
    letter = clone / "letters" / "letter.txt"
    letter.touch()
    env = {**os.environ, "MEDILINK_VENV": str(letter.parent), "MEDILINK_SYSTEM": "no"}
    command = [sys.executable, "run.py", "doctor"]
    done = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds other things" in done.stderr
    assert letter.exists()

"""Small rooms, no second versions, no placeholder; every error can be met and says what to do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from medilink.errors import MediLinkError
from medilink.looking import SHOWN_OF_OTHERS, SHOWN_TO_PATIENT
from ui.parts.log_words import ACT_WORDS, REFUSAL_WORDS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("medilink", "database", "security", "exports", "backup", "ui")
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
LONGEST_FILE = 420
LONGEST_FUNCTION = 60
EMPTY_NAMES = re.compile(r"(util|helper|common|manager|enhanced|misc|_old|_new|_v2)")


def all_errors(base: type[MediLinkError] = MediLinkError) -> list[type[MediLinkError]]:
    found = [base]
    for each in base.__subclasses__():
        found += all_errors(each)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_has_one_subject_and_a_size(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "says what lives here"
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not EMPTY_NAMES.search(path.stem)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_exception_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            passed_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            assert caught not in ("", "Exception", "BaseException") or passed_on


def test_error_codes_are_unique_and_sentences_end() -> None:
    errors = all_errors()
    codes = [error.code for error in errors]
    assert len(set(codes)) == len(codes)
    for error in errors:
        sentence = " ".join((error.__doc__ or "").split())
        assert sentence[-1:] in ".?" or "{" in sentence or "run.py" in sentence, error.__name__
        assert "Traceback" not in sentence


def test_every_refusal_that_is_logged_has_words_for_the_patient() -> None:
    refused = next(error for error in all_errors() if error.__name__ == "Refused")
    logged = {error.code for error in all_errors(refused)} - {"not-signed-in", "share-refused"}
    assert logged <= set(REFUSAL_WORDS)


def test_every_act_that_a_patient_is_shown_has_words() -> None:
    assert SHOWN_TO_PATIENT | SHOWN_OF_OTHERS <= set(ACT_WORDS)


def test_nothing_points_to_another_place_than_this_repository() -> None:
    ours = [*FILES, *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "run.py"]
    for path in ours:
        assert "/work/" not in path.read_text(), path
        assert "/root/" not in path.read_text(), path

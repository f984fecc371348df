"""The packages at the root are the ones the import rules speak of, and the rules bite.

A new package at the root would be under no rule at all, so its mere existence fails here.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ui.commands.check import LINT_IMPORTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"medilink", "database", "security", "backup", "exports", "ui"}
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]


def test_the_root_packages_are_exactly_these() -> None:
    folders = {file.relative_to(ROOT).parts[0] for file in ROOT.glob("[!.]*/**/*.py")}
    assert folders == PACKAGES | {"tests"}


def test_run_is_the_only_module_at_the_root() -> None:
    assert [file.name for file in ROOT.glob("*.py")] == ["run.py"]


def test_the_tools_look_at_all_of_them() -> None:
    assert set(RULES["importlinter"]["root_packages"]) == PACKAGES
    assert set(RULES["mypy"]["files"]) == PACKAGES | {"run.py"}
    assert set(RULES["coverage"]["run"]["source"]) == PACKAGES


@pytest.mark.parametrize(
    ("outside", "owners"),
    [
        ("streamlit", {"ui"}),
        ("cryptography", {"security", "database"}),
        ("argon2", {"security", "database"}),
        ("sqlcipher3", {"security", "database"}),
        ("pyrage", {"security", "database"}),
        ("sqlalchemy", {"database"}),
        ("alembic", {"database"}),
        ("paramiko", {"backup"}),
        ("obstore", {"backup"}),
    ],
)
def test_everyone_but_its_owners_is_forbidden_a_library(outside: str, owners: set[str]) -> None:
    forbidden: set[str] = set()
    for contract in RULES["importlinter"]["contracts"]:
        if outside in contract.get("forbidden_modules", ()):
            forbidden |= set(contract["source_modules"])
    assert forbidden == PACKAGES - owners


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A tiny house with our rules, in which nothing imports anything yet."""
    names = ("medilink", "medilink/acts", "medilink/sync", *PACKAGES - {"medilink"})
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    for leaf in ("errors", "config", "sharing"):
        (tmp_path / "medilink" / f"{leaf}.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT_IMPORTS]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("medilink/sharing.py", "import database"),
        ("medilink/sharing.py", "import medilink.acts"),
        ("medilink/acts/share.py", "import exports"),
        ("medilink/acts/share.py", "import ui"),
        ("medilink/sync/hub.py", "import sqlalchemy"),
        ("medilink/errors.py", "import security"),
        ("security/seal.py", "import medilink.sharing"),
        ("security/seal.py", "import streamlit"),
        ("database/store.py", "import exports"),
        ("database/store.py", "import medilink.acts"),
        ("exports/pdf.py", "import cryptography"),
        ("backup/sftp.py", "import ui"),
        ("backup/sftp.py", "import exports"),
        ("ui/app.py", "import alembic"),
        ("ui/app.py", "import argon2"),
    ],
)
def test_a_planted_import_against_the_arrows_is_caught(house: Path, module: str, line: str) -> None:
    (house / module).write_text(line + "\n", "utf-8")
    assert lint(house).returncode == 1


@pytest.mark.slow
def test_the_arrows_that_may_be_are_let_through(house: Path) -> None:
    allowed = {
        "ui/app.py": "import streamlit\nimport database\nimport medilink.acts\nimport exports"
        "\nimport backup",
        "backup/sftp.py": "import paramiko\nimport database\nimport medilink.sharing",
        "database/store.py": "import sqlalchemy\nimport sqlcipher3\nimport security\n"
        "import medilink.sharing",
        "medilink/acts/share.py": "import medilink.sharing\nimport medilink.errors",
        "medilink/sharing.py": "import security",
        "security/seal.py": "import cryptography\nfrom medilink import errors\n"
        "from medilink.config import x",
    }
    for module, text in allowed.items():
        (house / module).write_text(text + "\n", "utf-8")
    assert lint(house).returncode == 0, lint(house).stdout

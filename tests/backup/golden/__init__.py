"""Backups of made-up people by each version of the tables there has been since backups are: every
later MediLink restores them (README.md). Each was made by `python -m tests.backup.golden`.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
ENDING = ".db.zst.age"
# Of a recovery sheet that guards nothing but these files.
WORDS = (
    "weird later wish chef welcome milk route pony "
    "wet ladder time news caught barely grape cable "
    "indoor winner fiscal foam cart island slice alley"
)


def golden_backups() -> dict[str, Path]:
    """The version of the tables each has, and its file."""
    return {path.name.removesuffix(ENDING): path for path in sorted(FOLDER.glob(f"*{ENDING}"))}

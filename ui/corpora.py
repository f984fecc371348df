"""Sample records that nobody here wrote: used by the demonstration, tests and benches if present.

They are looked for in MEDILINK_CORPORA, else in `shared/corpora` beside this checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "corpora"


def corpora_folder() -> Path | None:
    """The folder, if this computer has it."""
    folder = Path(os.environ.get("MEDILINK_CORPORA") or _BESIDE)
    return folder if folder.is_dir() else None


def corpus_files() -> list[Path]:
    """Every patient bundle in it, in a fixed order."""
    folder = corpora_folder()
    if folder is None:
        return []
    return sorted([*folder.glob("synthea/*.json"), *folder.glob("ips/*.json")])

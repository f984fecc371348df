"""Files on a disk or a stick: whole or not there, for their owner only, nothing written over."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from medilink.errors import FolderUnusable


@contextmanager
def writing_new(path: Path) -> Iterator[Any]:
    """A binary file that gets its name when the block is done and is gone when it is not.

    Until then it has a name nobody can guess (O_EXCL, 0600): a folder others may write to could
    hold a link to the store under a name that is known. Raises FolderUnusable where it does not
    fit, or where something has the name already: nothing is written over.
    """
    begun: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as file:
            begun = Path(file.name)
            yield file
        if os.path.lexists(path):
            raise FileExistsError(path)
        begun.rename(path)
    except OSError as trouble:
        raise FolderUnusable(folder=path.parent) from trouble
    finally:
        if begun is not None:
            begun.unlink(missing_ok=True)

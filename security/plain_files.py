"""Files that somebody else may have put where they lie: on a stick, in a shared folder.

A link is not followed, and a pipe or a device is never waited for: opening a pipe for reading
blocks until somebody writes into it (fifo(7)).
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

MODE = 0o600


class NotPlainFile(OSError):
    """A folder, a link, a pipe or a device stands under that name."""


def open_plain(path: Path, flags: int = os.O_RDONLY) -> int:
    """A handle on a plain file. Raises NotPlainFile, OSError."""
    safe = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise NotPlainFile
    handle = os.open(path, (flags & ~os.O_TRUNC) | safe, MODE)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotPlainFile
        if flags & os.O_TRUNC:
            os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return handle

"""A moving code while a session's camera catches it, and the whole once it is there.

In memory only, one transfer at a time, gone with the session. What was caught is handed out once,
under a name nobody can guess: a QR that says "MLF-caught:…" itself gets nothing.
"""

from __future__ import annotations

import threading

from medilink.carrying.frames import Catcher, Progress
from security.codes import new_token


class Caught:
    """What one session has caught. Thread-safe: frames come in over several connections."""

    def __init__(self) -> None:
        self._catcher = Catcher()
        self._whole: tuple[str, bytes] | None = None
        self._lock = threading.Lock()

    @property
    def under_way(self) -> bool:
        """Whether some of a moving code has been caught, and not all."""
        return self._catcher.progress.got > 0

    def begin_anew(self) -> None:
        """The camera was started: whatever was half caught before is forgotten."""
        with self._lock:
            self._catcher.reset()

    def take(self, text: str) -> tuple[Progress, str | None]:
        """Look at the text of one frame: how far it is, and the name of the whole once it is."""
        with self._lock:
            progress = self._catcher.take(text)
            if self._catcher.content is None:
                return progress, None
            self._whole = new_token(), self._catcher.content
            self._catcher.reset()
            return progress, self._whole[0]

    def hand_out(self, name: str) -> bytes | None:
        """The whole of that name, once."""
        with self._lock:
            if self._whole is None or self._whole[0] != name:
                return None
            content, self._whole = self._whole[1], None
            return content

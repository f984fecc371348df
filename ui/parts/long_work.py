"""Work that must not stop because a page is left or its session ends: done beside the page, which
only looks at how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import streamlit as st

from medilink.errors import BackupUnwritten, MediLinkError
from ui.house import the_house
from ui.parts.telling import tell_error
from ui.words import say, say_many

LOOK_S = 0.4
FIRST_LOOKS = 4  # before it begins
_SETTLED = 0.05  # before that, a guess at the time left is only a guess


@dataclass(slots=True)
class Work:
    """One piece of work. `passes`: how often it goes through all pages; `typed`: what stood in the
    fields of the page, by their keys, to stand there again if it fails."""

    passes: int
    typed: dict[str, object] = field(default_factory=dict, repr=False)
    began: float = field(default_factory=time.monotonic)
    share: float = 0.0
    error: Exception | None = None
    _whole: int = 0
    _last: float = 0.0
    _looks: int = 0
    _thread: threading.Thread | None = None

    def begin(self, do: Callable[[Work], None]) -> None:
        """Begins once the browser has had the time to fetch what the bar is drawn with: the work
        may end the session before it does."""
        self._thread = threading.Thread(target=self._run, args=(do,), name="long work")

    def look(self) -> None:
        """Somebody looks how far it is."""
        self._looks += 1
        if self._looks == FIRST_LOOKS and self._thread is not None:
            self.began = time.monotonic()
            self._thread.start()

    def _run(self, do: Callable[[Work], None]) -> None:
        try:
            do(self)
            self.share = 1.0
        except (MediLinkError, OSError) as error:
            self.error = error

    @property
    def running(self) -> bool:
        thread = self._thread
        return thread is not None and (thread.ident is None or thread.is_alive())

    def step(self, _name: str) -> Callable[[int, int], None]:
        """Progress through all pages, once or oftener."""

        def progress(done: int, of: int) -> None:
            now = done / of if of else 1.0
            if now < self._last:
                self._whole += 1
            self._last = now
            self.share = min((self._whole + now) / (self.passes + 0.3), 0.99)

        return progress

    @property
    def seconds_left(self) -> int | None:
        """A guess; None while there is nothing to guess by."""
        if self.share < _SETTLED:
            return None
        passed = time.monotonic() - self.began
        return round(passed * (1 - self.share) / self.share)


def working(key: str) -> bool:
    """Draw how far the work under `key` is, and let it be looked at again and again; once it is
    done, say what came of it. Whether it goes on."""
    work: Work | None = st.session_state.get(key)
    if work is None:
        return False
    if work.running:
        _live(work)
        return True
    st.session_state.pop(key)
    if work.error is None:
        st.success(say("Done. Sign in again."), icon=":material/check_circle:")
        st.html(f'<a class="ml-link" href="/sign-in" target="_self">{say("Sign in")}</a>')
        return True
    tell_error(_as_told(work.error))
    st.session_state.update(work.typed)
    return False


def typed_here(keys: str, without: Collection[str] = ()) -> dict[str, object]:
    """What stands in the fields whose keys begin with `keys`, all but some: a password, a
    button."""
    return {
        str(key): value
        for key, value in st.session_state.items()
        if str(key).startswith(keys) and key not in without
    }


def _as_told(error: Exception) -> MediLinkError:
    if isinstance(error, MediLinkError):
        return error
    why = error.strerror if isinstance(error, OSError) and error.strerror else "disk"
    return BackupUnwritten(folder=the_house().config.data_dir, why=why)


@st.fragment(run_every=LOOK_S)
def _live(work: Work) -> None:
    if not work.running:
        st.rerun()
    work.look()
    st.progress(work.share, _words(work))


def _words(work: Work) -> str:
    left = work.seconds_left
    if left is None:
        return say("Working …")
    if left < 60:
        return say("Working: less than a minute left")
    many = left // 60 + 1
    return say_many(
        "Working: about {number} minute left", "Working: about {number} minutes left", many
    )

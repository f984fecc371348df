"""Who is signed in: sessions, kept in memory only, ended by sign-out, idleness or a restart.

A session is known by the SHA-256 of its cookie, so that nothing here can be turned back into one.
`name` is its public name, for the log and for Streamlit. Whoever holds a connection open for a
session leaves a callback, which is called when the session ends.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from medilink.desk import SeenRead, Visitor
from medilink.people import Account, AccountId, PatientId
from security.codes import new_token, new_uid
from ui.catching import Caught

LONGEST_MS = 12 * 3_600_000  # a shift; then everyone signs in again


@dataclass(slots=True)
class Session:
    """One signed-in browser. Times in milliseconds UTC; `languages`: the Accept-Language header it
    signed in with (RFC 9110, 12.5.4)."""

    name: str
    account: Account
    visitor: Visitor
    began: int
    last_seen: int
    seen: dict[tuple[object, ...], SeenRead] = field(default_factory=dict)
    on_end: set[Callable[[], None]] = field(default_factory=set)
    frames: list[int] = field(default_factory=list)
    patient: PatientId | None = None
    languages: str = ""
    log_view: str = ""  # how an administrator looks at the log: survives a reload
    caught: Caught = field(default_factory=Caught)
    half_done: dict[str, object] = field(default_factory=dict)
    visiting: dict[str, bytes] = field(default_factory=dict)  # by a name for the address


class Sessions:
    """All sessions of this process. Thread-safe."""

    def __init__(self, now: Callable[[], int], idle_ms: Callable[[], int]) -> None:
        self._now, self._idle_ms = now, idle_ms
        self._by_cookie: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._gone: list[Session] = []  # ended by the clock, not yet told of

    def begin(self, account: Account, ip: str, agent: str) -> tuple[str, Session]:
        """(cookie value, session) for somebody who has just signed in."""
        cookie, now = new_token(), self._now()
        name = new_uid(now).hex()
        session = Session(name, account, Visitor(name, ip, agent), now, now)
        with self._lock:
            self._by_cookie[_digest(cookie)] = session
        return cookie, session

    def by_cookie(self, cookie: str) -> Session | None:
        """The live session of a cookie; an idle or overlong one ends here."""
        return self._live(_digest(cookie)) if cookie else None

    def by_name(self, name: str) -> Session | None:
        """The live session with a public name."""
        with self._lock:
            digests = [key for key, held in self._by_cookie.items() if held.name == name]
        return self._live(digests[0]) if digests else None

    def _live(self, digest: str) -> Session | None:
        with self._lock:
            session = self._by_cookie.get(digest)
        if session is None:
            return None
        if self._over(session):
            self._gone.append(session)
            self._end([digest])
            return None
        return session

    def _over(self, session: Session) -> bool:
        """Idle or open too long. A clock set back must not make a session last for ever."""
        now = self._now()
        session.last_seen, session.began = min(session.last_seen, now), min(session.began, now)
        return now - session.last_seen >= self._idle_ms() or now - session.began >= LONGEST_MS

    def touch(self, session: Session) -> None:
        """The person did something."""
        session.last_seen = self._now()

    def speak(self, account: AccountId, language: str) -> None:
        """Somebody has chosen a language: all their sessions go on in it."""
        with self._lock:
            for session in self._by_cookie.values():
                if session.account.id == account:
                    session.account = replace(session.account, language=language)

    def end_all_about(self, patient: PatientId) -> None:
        """End every session a patient is signed in with."""
        with self._lock:
            digests = [
                key for key, held in self._by_cookie.items() if held.account.patient == patient
            ]
        self._end(digests)

    def end_all_of(self, account: AccountId) -> int:
        """End every session of an account, on every device. How many there were."""
        with self._lock:
            digests = [key for key, held in self._by_cookie.items() if held.account.id == account]
        self._end(digests)
        return len(digests)

    def end_idle(self) -> list[Session]:
        """End what has been idle too long; everyone the clock has signed out since last asked."""
        with self._lock:
            idle = {key: held for key, held in self._by_cookie.items() if self._over(held)}
        self._end(list(idle))
        gone, self._gone = [*self._gone, *idle.values()], []
        return gone

    def end_everything(self) -> None:
        """Nobody is signed in any more."""
        with self._lock:
            digests = list(self._by_cookie)
        self._end(digests)

    def _end(self, digests: list[str]) -> None:
        with self._lock:
            ended = [self._by_cookie.pop(digest, None) for digest in digests]
        for session in ended:
            for tell in list(session.on_end) if session else []:
                tell()


def take_caught(session: Session, name: str) -> bytes | None:
    """What the camera of a session has caught of a moving code, once; None for any other name."""
    return session.caught.hand_out(name)


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()

"""Signing in and out, and changing one's password."""

from __future__ import annotations

import re
import threading

from medilink.acts.refusing import refusals_logged
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import (
    AccountDisabled,
    IdUnreadable,
    OwnPasswordWrong,
    PasswordNotNew,
    PasswordsDiffer,
    PasswordWeak,
    SignInFailed,
    TooManyTries,
    UserNameUnfit,
)
from medilink.people import Account, read_medilink_id
from medilink.store import SignInState
from security.passwords import strong_enough

FREE_FAILURES = 3  # failures in a row without waiting
LONGEST_WAIT_MS = 15 * 60_000
_USER_NAME = re.compile(r"^[a-z][a-z0-9.\-]{2,39}$")


def wait_after(failures: int) -> int:
    """How long an account waits after so many failures in a row, in milliseconds: 2, 4, 8 …
    seconds from the fourth on, up to 15 minutes (NIST SP 800-63B 5.2.2)."""
    if failures <= FREE_FAILURES:
        return 0
    return int(min(1000 * 2 ** min(failures - FREE_FAILURES, 20), LONGEST_WAIT_MS))


def must_wait(now: int, wait_until: int) -> bool:
    """Whether somebody still waits. A wait longer than the longest was set by a clock that ran
    ahead then; it is over."""
    return now < wait_until <= now + LONGEST_WAIT_MS


def as_user_name(typed: str) -> str:
    """A typed sign-in name: a MediLink ID in its one written form, anything else in lower case."""
    try:
        return read_medilink_id(typed).casefold()
    except IdUnreadable:
        return typed.strip().casefold()[:80]


def check_user_name(typed: str) -> str:
    """A user name that may be given to staff. Raises UserNameUnfit."""
    name = typed.strip().casefold()
    if not is_user_name(name):
        raise UserNameUnfit
    return name


def is_user_name(name: str) -> bool:
    """Whether staff can be called so."""
    return bool(_USER_NAME.match(name)) and not as_user_name(name).startswith("ml-")


def sign_in(desk: Desk, user_name: str, password: str) -> Account:
    """The account a name and password belong to.

    Raises TooManyTries, SignInFailed (the same for an unknown name, in the same time),
    AccountDisabled. Every try is in the log.
    """
    with _one_at_a_time(as_user_name(user_name)):
        known = _checked(desk, as_user_name(user_name), password)
    at_desk = desk.signed_in_as(known.account)
    with refusals_logged(at_desk, Act.SIGN_IN):
        if known.account.disabled:
            raise AccountDisabled
    weak = desk.passwords.needs_rehash(known.password_hash)
    desk.store.accounts.signed_in(
        known.account.id,
        new_hash=desk.passwords.hash(password) if weak else None,
        audit=at_desk.event(Act.SIGN_IN),
    )
    return known.account


_LINES = tuple(threading.Lock() for _ in range(64))


def _one_at_a_time(name: str) -> threading.Lock:
    """Tries at one name stand in line: parallel ones must see each other's failures."""
    return _LINES[hash(name) % len(_LINES)]


def _checked(desk: Desk, name: str, password: str) -> SignInState:
    """The account, if the password is its own and it need not wait. Every failure is counted."""
    known = desk.store.accounts.by_user_name(name)
    if known and must_wait(desk.now, known.wait_until):
        at_desk = desk.signed_in_as(known.account)
        with refusals_logged(at_desk, Act.SIGN_IN):
            raise TooManyTries(seconds=(known.wait_until - desk.now) // 1000 + 1)
    fits = desk.passwords.fits(password, known.password_hash if known else None)
    if known is None or not fits:
        _fail(desk, known)
        raise SignInFailed
    return known


def _fail(desk: Desk, known: SignInState | None) -> None:
    """A failed try is an entry of its own; a known account waits longer each time."""
    why = SignInFailed.code
    if known is None:
        desk.store.log.write(desk.event(Act.SIGN_IN, outcome=Outcome.REFUSED, why=why))
        return
    at_desk = desk.signed_in_as(known.account)
    event = at_desk.event(Act.SIGN_IN, outcome=Outcome.REFUSED, why=why)
    wait_until = desk.now + wait_after(known.failures + 1)
    desk.store.accounts.count_failure(known.account.id, wait_until, audit=event)


def check_own_password(desk: Desk, password: str) -> None:
    """Whoever is signed in shows again that it is them, before something that matters much. Raises
    OwnPasswordWrong, TooManyTries."""
    who = desk.who
    with _one_at_a_time(who.user_name):
        try:
            _checked(desk, who.user_name, password)
        except SignInFailed as wrong:
            raise OwnPasswordWrong from wrong


def log_sign_out(desk: Desk, why: str = "") -> None:
    """Put a sign-out in the log; `why` says if it was not the person (idle)."""
    desk.store.log.write(desk.event(Act.SIGN_OUT, why=why))


def check_new_password(password: str, again: str, known_words: tuple[str, ...]) -> None:
    """Raise PasswordsDiffer, PasswordWeak."""
    if password != again:
        raise PasswordsDiffer
    if not strong_enough(password, known_words):
        raise PasswordWeak


def change_password(desk: Desk, old: str, new: str, again: str) -> None:
    """Change one's own password. Raises OwnPasswordWrong, TooManyTries, PasswordNotNew,
    PasswordsDiffer, PasswordWeak."""
    who = desk.who
    check_own_password(desk, old)
    if new == old:
        raise PasswordNotNew
    check_new_password(new, again, (who.display_name, who.user_name, desk.clinic.name))
    event = desk.event(Act.CHANGE_PASSWORD)
    kept = desk.passwords.hash(new)
    desk.store.accounts.set_password(who.id, kept, must_change=False, audit=event)

"""Passwords of accounts: Argon2id (RFC 9106), strength by zxcvbn, and first passwords for slips."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

MIN_LENGTH = 10  # NIST SP 800-63B asks at least 8; 10 with a strength test costs a nurse nothing
MAX_LENGTH = 200
_SLIP_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # no 0/o, 1/l/i: written by hand and read aloud
SLIP_LENGTH = 8  # 39 bits, changed at first sign-in, behind the back-off

# 0–4 as zxcvbn counts; 3 stands about 10^8 guesses, beyond any on-line attack.
STRONG_ENOUGH = 3


_TWO_AT_ONCE = threading.BoundedSemaphore(2)  # 64 MiB each: a crowd must not eat the laptop


class Passwords:
    """Hashes and checks passwords. `cost` "full" is RFC 9106's second choice (64 MiB, t=3, p=4)."""

    def __init__(self, cost: str = "full") -> None:
        parameters = profiles.RFC_9106_LOW_MEMORY if cost == "full" else profiles.CHEAPEST
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """The PHC string to keep."""
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether a password is the kept one. Without a kept one it works as long, and says no."""
        try:
            with _TWO_AT_ONCE:
                self._hasher.verify(kept or self._nobody, password[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def needs_rehash(self, kept: str) -> bool:
        """Whether the kept hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def strength(password: str, known: tuple[str, ...] = ()) -> int:
    """0 (guessed at once) to 4 (strong). `known` are words tied to the person: name, clinic."""
    if len(password) < MIN_LENGTH or len(password) > MAX_LENGTH:
        return 0
    inputs = [word for word in known if word]
    # zxcvbn's time grows with length; 72 characters decide the score long before.
    return int(zxcvbn(password[:72], user_inputs=inputs)["score"])


def strong_enough(password: str, known: tuple[str, ...] = ()) -> bool:
    """Whether a password may be chosen."""
    return strength(password, known) >= STRONG_ENOUGH


def slip_password() -> str:
    """A first password to write on a slip: `k7m2-9xqp`."""
    letters = "".join(secrets.choice(_SLIP_LETTERS) for _ in range(SLIP_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"

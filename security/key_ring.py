"""What acts may do with a clinic's own keys, without ever holding a private one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from security import cose, envelope, jose
from security.node_keys import (
    Keypair,
    Unsealable,
    key_id,
    new_sealing_key,
    new_signing_key,
    seal_to,
    sealing_key,
    short_id,
    unseal,
)


class Use(StrEnum):
    """What a key is for. The value is stored: never rename one."""

    SIGN = "sign"  # what this clinic says
    SEAL = "seal"  # what is sealed to this clinic
    CARD = "card"  # emergency cards (ES256, as their standard asks)
    ROOT = "root"  # who belongs to the network; only its founder has one
    EPOCH = "epoch"  # what is sealed to every clinic of the network


def new_keypair(use: Use) -> Keypair:
    """A fresh key for one use."""
    if use is Use.CARD:
        scalar = jose.new_signing_key()
        return Keypair(scalar, jose.public_point(scalar))
    return new_sealing_key() if use in (Use.SEAL, Use.EPOCH) else new_signing_key()


class KeyRing:
    """A clinic's own keys by use, the present one first; older ones still open what was sealed to
    them."""

    def __init__(self, keys: Mapping[Use, Sequence[Keypair]]) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(f'{use}: {len(held)}' for use, held in self._keys.items())})"

    def has(self, use: Use) -> bool:
        """Whether there is a key for a use."""
        return bool(self._keys.get(use))

    def public(self, use: Use) -> bytes:
        """The present public key of a use."""
        return self._keys[use][0].public

    def id_of(self, use: Use) -> bytes:
        """What the present key of a use is called."""
        return key_id(self.public(use))

    def ids_of(self, use: Use) -> frozenset[bytes]:
        """What every key of a use is or was called."""
        return frozenset(key_id(key.public) for key in self._keys.get(use, ()))

    def sign(self, payload: bytes, use: Use = Use.SIGN) -> bytes:
        """`payload` as a signed statement (COSE_Sign1)."""
        return cose.sign_bytes(self._keys[use][0], payload)

    def sign_card(self, payload: bytes) -> str:
        """`payload` of a health card as compact JWS (ES256)."""
        return jose.sign_compact(payload, self._keys[Use.CARD][0].private)

    def close(self, recipients: tuple[bytes, ...], plain: bytes, **head: object) -> bytes:
        """`plain` signed by this clinic and sealed: see `security.envelope.close_envelope`."""
        signer = self._keys[Use.SIGN][0]
        return envelope.close_envelope(signer, recipients, plain, **head)  # type: ignore[arg-type]

    def open(self, closed: envelope.Envelope, context: bytes = b"") -> envelope.SealedContent:
        """What is inside, if any of this clinic's keys opens it. Raises Unsealable."""
        for key in (*self._keys.get(Use.SEAL, ()), *self._keys.get(Use.EPOCH, ())):
            if short_id(key.public) in closed.head.recipients:
                try:
                    return envelope.open_envelope(closed, key, context)
                except Unsealable:
                    continue
        raise Unsealable

    def receive_key(self, sealed: bytes, info: bytes) -> Keypair:
        """A sealing key that was given to this clinic. Raises Unsealable."""
        for key in self._keys.get(Use.SEAL, ()):
            try:
                return sealing_key(unseal(key.private, sealed, info))
            except Unsealable:
                continue
        raise Unsealable

    def give_key(self, to: bytes, public: bytes, info: bytes) -> bytes:
        """The epoch key with this public half sealed to another clinic's sealing key."""
        [epoch] = (key for key in self._keys[Use.EPOCH] if key.public == public)
        return seal_to(to, epoch.private, info)


@dataclass(frozen=True, slots=True)
class _Waiting:
    key: Keypair
    context: bytes
    ends: int


class EphemeralKeys:
    """Sealing keys for one answer each, in memory only: gone when the answer has come, when it is
    given up, when its time is over, and when the process ends. Thread-safe. Times in ms UTC."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()

    def begin(self, name: str, ends: int, describe: Callable[[bytes], bytes]) -> bytes:
        """A key that waits under `name` until `ends`. `describe` makes the question from its public
        half, which is returned; the answer is bound to its SHA-256."""
        key = new_sealing_key()
        question = describe(key.public)
        with self._lock:
            self._waiting[name] = _Waiting(key, hashlib.sha256(question).digest(), ends)
        return question

    def open(self, name: str, closed: envelope.Envelope, now: int) -> envelope.SealedContent:
        """What was sealed to the key. Whoever believes it forgets the key. Raises Unsealable."""
        self.forget_old(now)
        with self._lock:
            waiting = self._waiting.get(name)
        if waiting is None:
            raise Unsealable
        return envelope.open_envelope(closed, waiting.key, waiting.context)

    def is_waiting(self, name: str, now: int) -> bool:
        """Whether an answer can still come."""
        self.forget_old(now)
        return name in self._waiting

    def forget(self, name: str) -> None:
        """Given up, or done."""
        with self._lock:
            self._waiting.pop(name, None)

    def forget_old(self, now: int) -> None:
        """Whatever has ended."""
        with self._lock:
            for name in [one for one, held in self._waiting.items() if now >= held.ends]:
                del self._waiting[name]

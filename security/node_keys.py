"""The keys a clinic is known by: Ed25519 to sign (RFC 8032), X25519 to be sealed to (RFC 7748).

Sealing is HPKE in base mode (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305: whoever
has the public key can seal, only the holder of the private key opens. It says nothing about who
sealed; that is what signatures inside are for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from mnemonic import Mnemonic

KEY_BYTES = 32
KEY_ID_BYTES = 8
SHORT_ID_BYTES = 4  # in codes, where every byte counts: a hint which keys to try, never a proof
SEAL_OVERHEAD = 48  # RFC 9180: 32 bytes of encapsulated key, 16 of tag
FINGERPRINT_WORDS = 6  # 66 bits, read out over a telephone


class SignatureWrong(Exception):
    """The signature was not made with this key over these bytes."""


class Unsealable(Exception):
    """Not sealed to this key, or changed since."""


@dataclass(frozen=True, slots=True)
class Keypair:
    """A private key with its public half, 32 bytes each. Never shown, logged or sent."""

    private: bytes
    public: bytes

    def __repr__(self) -> str:
        return f"Keypair({key_id(self.public).hex()})"


def new_signing_key() -> Keypair:
    """A fresh Ed25519 key."""
    key = Ed25519PrivateKey.generate()
    return Keypair(key.private_bytes_raw(), key.public_key().public_bytes_raw())


def new_sealing_key() -> Keypair:
    """A fresh X25519 key."""
    key = X25519PrivateKey.generate()
    return Keypair(key.private_bytes_raw(), key.public_key().public_bytes_raw())


def sealing_key(private: bytes) -> Keypair:
    """The sealing key with this private half. Raises Unsealable for what is none."""
    try:
        key = X25519PrivateKey.from_private_bytes(private)
    except ValueError as trouble:
        raise Unsealable from trouble
    return Keypair(private, key.public_key().public_bytes_raw())


def key_id(public: bytes) -> bytes:
    """What a key is called: the first 8 bytes of SHA-256 of its public half."""
    return hashlib.sha256(public).digest()[:KEY_ID_BYTES]


def short_id(public: bytes) -> bytes:
    """The first 4 bytes of the key's id."""
    return key_id(public)[:SHORT_ID_BYTES]


def sign(private: bytes, message: bytes) -> bytes:
    """64 bytes of Ed25519 signature."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def check_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Raises SignatureWrong."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as trouble:
        raise SignatureWrong from trouble


_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal_to(public: bytes, content: bytes, info: bytes) -> bytes:
    """`content` for the holder of a sealing key; `info` must be the same when it is opened."""
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), info=info)


def unseal(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """Raises Unsealable."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=info)
    except (InvalidTag, ValueError) as trouble:
        raise Unsealable from trouble


_WORDS = Mnemonic("english").wordlist


def fingerprint_words(public: bytes) -> tuple[str, ...]:
    """A key in six words, to be compared by eye or by voice."""
    return six_words(b"MediLink key words", public)


def six_words(purpose: bytes, content: bytes) -> tuple[str, ...]:
    """Six words of the BIP 39 list from SHA-256 over `purpose` and `content`."""
    number = int.from_bytes(hashlib.sha256(purpose + content).digest())
    found = []
    for _ in range(FINGERPRINT_WORDS):
        number, place = divmod(number, len(_WORDS))
        found.append(_WORDS[place])
    return tuple(found)

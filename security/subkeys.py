"""Keys for one purpose each, derived from the store's data key by HKDF-SHA256 (RFC 5869).

The purpose is the HKDF `info`; the same key always gives the same sub-keys, and none of them tells
anything about another or about the data key.

When a store is moved to a fresh data key, what patients carry on paper and what is in the log must
go on: those sub-keys hang on a root, which is the store's first data key and moves along, wrapped.
What wraps private keys hangs on the present data key alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os

import base45
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12  # NIST SP 800-38D 8.2.2: random nonces, far under 2^32 tokens per key


def derive(data_key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose."""
    hkdf = HKDF(hashes.SHA256(), 32, salt=None, info=f"MediLink 1: {purpose}".encode())
    return hkdf.derive(data_key)


SECRET_BYTES = 8
NAME_BYTES = 8  # tells two keys apart, and nothing about either
_ROOT = b"root"


def proof_of(secret: bytes, said: bytes) -> bytes:
    """Shows that whoever says something about a share has opened it: 8 bytes of HMAC-SHA256."""
    return hmac.digest(secret, said, "sha256")[:SECRET_BYTES]


class TokenUnreadable(Exception):
    """The token was not sealed with this store's key, or was changed."""


class SubKeys:
    """What acts may do with the store's keys, without ever holding one. `root` empty: they hang on
    the data key itself."""

    def __init__(self, data_key: bytes, root: bytes = b"") -> None:
        self._root = root or data_key
        self._code_key = derive(self._root, "access code lookup")
        self._search_key = derive(self._root, "digest of a search")
        self._qr = AESGCM(derive(self._root, "QR token within one clinic"))
        self._head_key = derive(self._root, "log head")
        self._share_key = derive(self._root, "secret of a share")
        self._own_keys = AESGCM(derive(data_key, "own private keys"))
        self._swap_key = derive(data_key, "change of the store's file")
        self.name = derive(data_key, "name of this key")[:NAME_BYTES]

    @classmethod
    def of_store(cls, data_key: bytes, root: bytes) -> SubKeys:
        """The sub-keys of a store that keeps `root` wrapped, or empty. Raises TokenUnreadable."""
        keys = cls(data_key)
        return cls(data_key, keys.unwrap_private(root, _ROOT)) if root else keys

    def moved_to(self, data_key: bytes) -> SubKeys:
        """The same keys for the same store under another data key."""
        return SubKeys(data_key, self._root)

    def wrapped_root(self) -> bytes:
        """What they hang on, as the store keeps it."""
        return self.wrap_private(self._root, _ROOT)

    def code_lookup(self, code: str) -> bytes:
        """HMAC-SHA256 of an access code: found again by equality, useless without the key."""
        return hmac.digest(self._code_key, code.encode(), "sha256")

    def search_digest(self, typed: str) -> bytes:
        """HMAC-SHA256 of what was searched for: the same for the same text, and nothing can be
        read back from it without the key."""
        return hmac.digest(self._search_key, typed.encode(), "sha256")

    def seal_token(self, content: bytes, context: bytes) -> str:
        """`content` sealed (AES-256-GCM, `context` authenticated) as base45 text (RFC 9285)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._qr.encrypt(nonce, content, context)
        return str(base45.b45encode(sealed).decode())

    def open_token(self, token: str, context: bytes) -> bytes:
        """The content of a sealed token. Raises TokenUnreadable."""
        try:
            sealed = base45.b45decode(token)
            return self._qr.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except (ValueError, InvalidTag) as trouble:
            raise TokenUnreadable from trouble

    def share_secret(self, share: bytes) -> bytes:
        """What only the clinic that made a share and those who opened it know: 8 bytes of
        HMAC-SHA256. The share's id is in clear; this is not."""
        return hmac.digest(self._share_key, share, "sha256")[:SECRET_BYTES]

    def wrap_private(self, private: bytes, context: bytes) -> bytes:
        """A private key of this clinic as it is kept in the store (AES-256-GCM)."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._own_keys.encrypt(nonce, private, context)

    def unwrap_private(self, wrapped: bytes, context: bytes) -> bytes:
        """A private key as it was. Raises TokenUnreadable."""
        try:
            return self._own_keys.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except (ValueError, InvalidTag) as trouble:
            raise TokenUnreadable from trouble

    def sign_swap(self, content: bytes) -> str:
        """HMAC-SHA256 over the journal of a change of the store's file, as hex."""
        return hmac.new(self._swap_key, content, hashlib.sha256).hexdigest()

    def sign_head(self, head: bytes) -> str:
        """HMAC-SHA256 over a log head, as hex."""
        return hmac.new(self._head_key, head, hashlib.sha256).hexdigest()

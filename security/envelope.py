"""ML1: what is shared, sealed so that only whom it is for can open it. Nothing in clear but a head.

    head      = CBOR [version, mode, issuer 4, share id 8, made, ends, [recipient 4, …]]
    content   = plain || Ed25519 signature over "ML1" || head || context || lock || plain
    lock      = with a code: SHA-256 of the key made from it; else empty
    inner     = content, or with a code: ChaCha20-Poly1305 (RFC 8439) under
                HKDF-SHA256(Argon2id(code, share id || issuer))
    sealed    = one recipient: HPKE(inner);  several: a 64-byte HPKE slot each with a fresh 16-byte
                key, then AES-128-GCM(inner)
    envelope  = CBOR [head …, sealed]

The head is the HPKE `info`: it cannot be changed, and nothing can be sealed again to somebody else
without breaking the signature. The code lies INSIDE the sealing: guessing it needs the private key
first, because no setting of Argon2id makes a million codes many. `context` ties an answer to the
question it answers. Times are seconds since 1970 UTC.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

import cbor2
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from security.cose import LONGEST_BYTES, NotSigned, load_cbor
from security.node_keys import (
    SHORT_ID_BYTES,
    Keypair,
    Unsealable,
    check_signature,
    seal_to,
    short_id,
    sign,
    unseal,
)

VERSION = 1
SHARE_ID_BYTES = 8
SIGNATURE_BYTES = 64
SLOT_BYTES = 64
MOST_RECIPIENTS = 500  # a country's clinics in one file of news; offers name three at most
_LABEL = b"ML1"
_KEY_BYTES = 16
# A key seals one message only, so its nonce may be fixed (RFC 8439 2.8: unique for each key).
_ONLY_NONCE = bytes(12)
# RFC 9106 4 asks for more where a secret stands alone; this one lies inside a sealed envelope, and
# the cost is part of the format: the oldest laptop must open what the newest has made.
_CODE_COST = {"time_cost": 2, "memory_cost": 19_456, "parallelism": 1}


class NotAnEnvelope(Exception):
    """These bytes are no envelope of a version known here. `newer`: of one not known yet."""

    def __init__(self, *, newer: bool = False) -> None:
        super().__init__("newer" if newer else "malformed")
        self.newer = newer


class CodeDoesNotFit(Exception):
    """The six digits do not open what is inside."""


@dataclass(frozen=True, slots=True)
class Head:
    """What everyone can read. `issuer` and `recipients`: short ids of a signing and of sealing
    keys; `made` and `ends` in seconds UTC."""

    mode: int
    issuer: bytes
    share: bytes
    made: int
    ends: int
    recipients: tuple[bytes, ...]

    def fields(self) -> list[object]:
        """As they stand in the envelope."""
        return [
            VERSION,
            self.mode,
            self.issuer,
            self.share,
            self.made,
            self.ends,
            list(self.recipients),
        ]

    @property
    def bytes(self) -> bytes:
        """As they are signed and bound."""
        return cbor2.dumps(self.fields())


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as it came, its head read and its content still closed."""

    head: Head
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedContent:
    """What lies in an opened envelope: signed, and perhaps under a code. Not yet believed."""

    head: Head
    context: bytes
    inner: bytes
    lock: bytes = b""


def read_envelope(raw: bytes, longest: int = LONGEST_BYTES) -> Envelope:
    """Raises NotAnEnvelope."""
    try:
        fields = load_cbor(raw, longest)
    except NotSigned as trouble:
        raise NotAnEnvelope from trouble
    match fields:
        case [int(version), *_] if version > VERSION:
            raise NotAnEnvelope(newer=True)
        case [1, int(mode), bytes(issuer), bytes(share), int(made), int(ends), list(to), bytes(it)]:
            head = Head(mode, issuer, share, made, ends, tuple(to))
        case _:
            raise NotAnEnvelope
    if not _well_formed(head):
        raise NotAnEnvelope
    return Envelope(head, it)


def _well_formed(head: Head) -> bool:
    short = (head.issuer, *head.recipients)
    return (
        all(type(one) is bytes and len(one) == SHORT_ID_BYTES for one in short)
        and 1 <= len(head.recipients) <= MOST_RECIPIENTS
        and len(head.share) == SHARE_ID_BYTES
        and 0 <= head.made < 1 << 32
        and 0 <= head.ends < 1 << 32
    )


def close_envelope(  # noqa: PLR0913 what an envelope is made of, each by name
    signer: Keypair,
    recipients: tuple[bytes, ...],
    plain: bytes,
    *,
    mode: int,
    share: bytes,
    made: int,
    ends: int,
    code: str = "",
    context: bytes = b"",
) -> bytes:
    """`plain` signed and sealed to the holders of public sealing keys."""
    short = tuple(short_id(public) for public in recipients)
    head = Head(mode, short_id(signer.public), share, made, ends, short)
    code_key = _code_key(code, head) if code else b""
    lock = _lock_of(code_key)
    inner = plain + sign(signer.private, _LABEL + head.bytes + context + lock + plain)
    if code_key:
        inner = ChaCha20Poly1305(code_key).encrypt(_ONLY_NONCE, inner, None)
    info = _LABEL + head.bytes + context
    if len(recipients) == 1:
        sealed = seal_to(recipients[0], inner, info)
    else:
        key = os.urandom(_KEY_BYTES)
        slots = b"".join(seal_to(public, key, info) for public in recipients)
        sealed = slots + AESGCM(key).encrypt(_ONLY_NONCE, inner, info)
    return cbor2.dumps([*head.fields(), sealed])


def open_envelope(envelope: Envelope, key: Keypair, context: bytes = b"") -> SealedContent:
    """What is inside, for the holder of one of the keys. Raises Unsealable."""
    head = envelope.head
    info = _LABEL + head.bytes + context
    places = [n for n, one in enumerate(head.recipients) if one == short_id(key.public)]
    if not places:
        raise Unsealable
    if len(head.recipients) == 1:
        inner = unseal(key.private, envelope.sealed, info)
    else:
        inner = _open_slot(envelope, key, places[0], info)
    return SealedContent(head, context, inner)


def _open_slot(envelope: Envelope, key: Keypair, place: int, info: bytes) -> bytes:
    sealed, slots = envelope.sealed, SLOT_BYTES * len(envelope.head.recipients)
    slot = sealed[place * SLOT_BYTES : (place + 1) * SLOT_BYTES]
    content_key = unseal(key.private, slot, info)
    try:
        return AESGCM(content_key).decrypt(_ONLY_NONCE, sealed[slots:], info)
    except (InvalidTag, ValueError) as trouble:
        raise Unsealable from trouble


def undo_code(found: SealedContent, code: str) -> SealedContent:
    """What lies under the six digits. Costs as much as the format says. Raises CodeDoesNotFit."""
    code_key = _code_key(code, found.head)
    try:
        inner = ChaCha20Poly1305(code_key).decrypt(_ONLY_NONCE, found.inner, None)
    except InvalidTag as trouble:
        raise CodeDoesNotFit from trouble
    return SealedContent(found.head, found.context, inner, _lock_of(code_key))


def check_content(found: SealedContent, issuer: bytes) -> bytes:
    """The plain content, if the holder of the public key `issuer` has signed it for these
    recipients. Raises SignatureWrong."""
    plain, signature = found.inner[:-SIGNATURE_BYTES], found.inner[-SIGNATURE_BYTES:]
    said = _LABEL + found.head.bytes + found.context + found.lock + plain
    check_signature(issuer, said, signature)
    return plain


def _lock_of(code_key: bytes) -> bytes:
    """What of the digits is signed: nobody can put the same content under other digits."""
    return hashlib.sha256(b"lock" + code_key).digest() if code_key else b""


def unchecked_content(found: SealedContent) -> bytes:
    """The plain content, whoever has signed it: for content whose parts are signed themselves."""
    return found.inner[:-SIGNATURE_BYTES]


def _code_key(code: str, head: Head) -> bytes:
    stretched = hash_secret_raw(
        code.encode(), head.share + head.issuer, hash_len=32, type=Type.ID, **_CODE_COST
    )
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"MediLink 1: code of an offer").derive(
        stretched
    )

"""Signed statements: COSE_Sign1 (RFC 9052 section 4.2) with EdDSA, readable by any COSE library.

The protected header names the algorithm (-8, RFC 9053 2.2) and the signer's key id; nothing is
carried unprotected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cbor2

from security.cbor import NotPlain, read_plain
from security.node_keys import KEY_ID_BYTES, Keypair, check_signature, key_id, sign

_TAG, _TAGGED = 18, b"\xd2"  # the tag, and as the one byte it is written with
_ALGORITHM, _KEY, _EDDSA = 1, 4, -8
LONGEST_BYTES = 1 << 20
DEEPEST = 16  # arrays within arrays


class NotSigned(Exception):
    """These bytes are no statement signed in this form."""


@dataclass(frozen=True, slots=True)
class SignedBytes:
    """A statement as it came. Nothing in it is to be believed before `check_signed`."""

    raw: bytes
    protected: bytes
    signer: bytes
    payload: bytes
    signature: bytes


def sign_bytes(key: Keypair, payload: bytes) -> bytes:
    """`payload` signed, as tagged COSE_Sign1."""
    protected = cbor2.dumps({_ALGORITHM: _EDDSA, _KEY: key_id(key.public)})
    signature = sign(key.private, _to_be_signed(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_TAG, [protected, {}, payload, signature]))


def read_signed(raw: bytes) -> SignedBytes:
    """The parts of a COSE_Sign1. Raises NotSigned."""
    if not raw.startswith(_TAGGED):
        raise NotSigned
    match load_cbor(raw[1:], maps=True):
        case [bytes(protected), Mapping() as open_to_all, bytes(payload), bytes(signature)]:
            if open_to_all:  # nobody signed it: whoever passes it on could have put it there
                raise NotSigned
            header = load_cbor(protected, maps=True)
        case _:
            raise NotSigned
    if not isinstance(header, Mapping) or header.get(_ALGORITHM) != _EDDSA:
        raise NotSigned
    signer = header.get(_KEY)
    if not isinstance(signer, bytes) or len(signer) != KEY_ID_BYTES:
        raise NotSigned
    return SignedBytes(raw, protected, signer, payload, signature)


def check_signed(found: SignedBytes, public: bytes) -> None:
    """Raises SignatureWrong where this key did not sign it."""
    check_signature(public, _to_be_signed(found.protected, found.payload), found.signature)


def load_cbor(raw: bytes, longest: int = LONGEST_BYTES, *, maps: bool = False) -> object:
    """One plain CBOR item that fills all of `raw`, written the shortest way. Raises NotSigned."""
    if len(raw) > longest:
        raise NotSigned
    try:
        found = read_plain(raw, deepest=DEEPEST, maps=maps)
    except NotPlain as trouble:
        raise NotSigned from trouble
    if cbor2.dumps(found) != raw:  # one way to write a thing: nothing hides beside it
        raise NotSigned
    return found


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])

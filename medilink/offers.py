"""What lies inside a share for another clinic, and how much of it one code can hold.

Pure. The plain content of an envelope is a CBOR list:

    [scope bits, once, purpose, secret, body]    offers, answers, cards
    [share id, secret, body]                     a visit on its way home

`once`: 1 for one use. Scope bits: `medilink.scopes`. The body is what `medilink.carrying` packs.
`secret` is known to the clinic that made the share and to whoever opened it: a share's id is in
clear, and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cbor2

from medilink.errors import OfferUnreadable
from security.cose import NotSigned, load_cbor
from security.envelope import SHARE_ID_BYTES

# Bytes of a version 20-M code in alphanumeric mode, 970 characters (ISO/IEC 18004 table 7), four of
# them the tag: three base45 characters carry two bytes.
LARGEST_STATIC = 644
_HEAD_AND_SEAL = 99  # the head with one recipient (35) and the sealing with its signature (64)
_ONE_RECIPIENT, _FIRST_OF_MANY, _EACH_OF_MANY = 48, 16 + 1, 64 + 5
_CODE_LAYER, _TERMS = 16, 14 + 9
PURPOSE_LIMIT = 60  # characters; what is longer stays in the log of the clinic


@dataclass(frozen=True, slots=True)
class Terms:
    """What a share allows and holds."""

    scope: int
    single_use: bool
    purpose: str
    body: bytes
    secret: bytes = b""

    def pack(self) -> bytes:
        """As the plain content of an envelope."""
        purpose = self.purpose[:PURPOSE_LIMIT]
        return cbor2.dumps([self.scope, int(self.single_use), purpose, self.secret, self.body])


def read_terms(plain: bytes) -> Terms:
    """The other way. Raises OfferUnreadable."""
    match _fields(plain):
        case [int(scope), 0 | 1 as once, str(purpose), bytes(secret), bytes(body), *_] if (
            0 <= scope < 1 << 32
        ):
            return Terms(scope, bool(once), purpose[:PURPOSE_LIMIT], body, secret)
    raise OfferUnreadable


@dataclass(frozen=True, slots=True)
class GoingHome:
    """A visit on its way home: which share allowed it, and what was written."""

    share: bytes
    secret: bytes
    body: bytes

    def pack(self) -> bytes:
        """As the plain content of an envelope."""
        return cbor2.dumps([self.share, self.secret, self.body])


def read_going_home(plain: bytes) -> GoingHome:
    """The other way. Raises OfferUnreadable."""
    match _fields(plain):
        case [bytes(share), bytes(secret), bytes(body), *_] if len(share) == SHARE_ID_BYTES:
            return GoingHome(share, secret, body)
    raise OfferUnreadable


def _fields(plain: bytes) -> object:
    try:
        return load_cbor(plain, longest=9 * 1024 * 1024)
    except NotSigned as trouble:
        raise OfferUnreadable from trouble


def room_for_body(recipients: int, *, code: bool, purpose: str, certificate: int = 0) -> int:
    """Bytes left for the body in the largest code that a camera reads without moving."""
    sealing = _ONE_RECIPIENT if recipients == 1 else _FIRST_OF_MANY + _EACH_OF_MANY * recipients
    text = len(purpose[:PURPOSE_LIMIT].encode())
    used = _HEAD_AND_SEAL + sealing + _CODE_LAYER * code + _TERMS + text + certificate
    return LARGEST_STATIC - used

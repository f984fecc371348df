"""What clinics say to each other, signed: who belongs to the network, which keys count, what was
withdrawn, what was opened where.

A statement is a positional CBOR list whose first item is its number, signed as COSE_Sign1. Whoever
has the signer's public key can check it, however it came: by code, on a stick, by a third clinic.
Pure. Times are milliseconds UTC. Numbers are never given twice; fields are only added at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, get_type_hints

import cbor2

from medilink.errors import StatementTooNew, StatementUnreadable
from security.cose import NotSigned, SignedBytes, check_signed, load_cbor, read_signed
from security.node_keys import KEY_BYTES, KEY_ID_BYTES, key_id

LONGEST_TEXT = 200  # characters of a name or a purpose
HEAD_EACH_MS = 30 * 86_400_000  # of a clinic's log the newest head of each month is kept and told
MOST_ITEMS = 20_000  # live withdrawals of one clinic


class Founded(NamedTuple):
    """A network, its root key and the clinic that holds it; signed by the root key."""

    name: str
    root: bytes
    clinic: bytes
    at: int


class Certificate(NamedTuple):
    """A clinic that belongs to the network, with its public keys; signed by the root. `replaces`:
    the id of the signing key it had before, or empty."""

    name: str
    code: str
    country: str
    signing: bytes
    sealing: bytes
    card: bytes
    since: int
    until: int
    replaces: bytes = b""


class Epoch(NamedTuple):
    """A sealing key every clinic of the network holds; signed by the root. The newest that has
    begun is the one to seal to."""

    number: int
    public: bytes
    begins: int


class EpochFor(NamedTuple):
    """The private half of an epoch's key, sealed to one clinic; signed by the root."""

    number: int
    clinic: bytes
    sealed: bytes


class Removed(NamedTuple):
    """A clinic that no longer belongs, by the id of its signing key; signed by the root."""

    clinic: bytes
    at: int


class Withdrawn(NamedTuple):
    """Every share of the signing clinic that was withdrawn and has not ended yet."""

    at: int
    shares: tuple[bytes, ...]


class Opened(NamedTuple):
    """A share was opened at the signing clinic. `who`: the provider's title, `until`: how long they
    may read, `sections`: as `medilink.scopes` numbers them. `proof`: that the share was open there,
    from its secret over the other fields (`proof_text`)."""

    share: bytes
    issuer: bytes
    at: int
    who: str
    until: int
    sections: int
    proof: bytes = b""


class UsedTwice(NamedTuple):
    """A share for one use was opened in more than one place; signed by the clinic that made it."""

    share: bytes
    at: int
    clinics: tuple[bytes, ...]


class Ask(NamedTuple):
    """A provider asks to be shown a record: the answer is to be sealed to `key`, before `ends`."""

    who: str
    clinic: str
    key: bytes
    nonce: bytes
    ends: int


class JoinRequest(NamedTuple):
    """A clinic asks to belong; signed by the key it names."""

    name: str
    code: str
    country: str
    signing: bytes
    sealing: bytes
    card: bytes
    at: int
    replaces: bytes = b""


class Consent(NamedTuple):
    """What a patient has allowed: to whom, what, until when, why; signed by the patient's clinic.
    `ask`: SHA-256 of the question it answers, or empty."""

    share: bytes
    patient: str
    clinic: str
    to: str
    sections: int
    made: int
    ends: int
    purpose: str
    ask: bytes = b""


class Left(NamedTuple):
    """The signing clinic belongs no more to the network with this root key, by its own word."""

    root: bytes
    at: int


class PutBack(NamedTuple):
    """A clinic's records were put back, at `at`, to how they were at `since`: whatever it was sent
    between the two it has lost, and everybody offers it again. `epoch`: which life of its store
    this is; said by that clinic."""

    at: int
    since: int
    epoch: bytes


class LogHead(NamedTuple):
    """Where a clinic's log stood: the tree's root over `size` entries, and the hash of the newest.
    `log`: which log, as `medilink.log_receipts.log_id` names it."""

    log: bytes
    size: int
    root: bytes
    entry: bytes
    at: int


class LogReceipt(NamedTuple):
    """The same for somebody to keep, with the entry it is about: its number and its hash."""

    log: bytes
    size: int
    root: bytes
    at: int
    seq: int
    entry: bytes


class LogSegment(NamedTuple):
    """A part of the log that was archived: the entries `first` to `last`, the hashes before and
    after them, SHA-256 of the file, and how many personal details were erased from it."""

    log: bytes
    first: int
    last: int
    before: bytes
    entry: bytes
    digest: bytes
    erased: int
    at: int


class Issued(NamedTuple):
    """A document left the signing clinic: its number, what it is for (`PURPOSE_NUMBERS` of
    `medilink.proving`), when it was made, SHA-256 of the record in it."""

    number: bytes
    purpose: int
    at: int
    digest: bytes


class FileSeal(NamedTuple):
    """A file of that document as it was when it left: the clinic's name and public key, what kind
    of file, its `size`, SHA-256 of all of it, and the beginnings of SHA-256 of each `piece` bytes,
    by which a change is found."""

    number: bytes
    purpose: int
    form: str
    at: int
    clinic: str
    signing: bytes
    size: int
    digest: bytes
    piece: int
    pieces: tuple[bytes, ...]


class BackedUp(NamedTuple):
    """What a backup holds: whose, its number, when it was begun, the version of its tables, how
    many pages and patients, and SHA-256 of the backup `before` it (zeros: the first)."""

    store: str
    clinic: str
    generation: int
    at: int
    version: str
    pages: int
    patients: int
    before: bytes


Statement = (
    Founded
    | Certificate
    | Epoch
    | EpochFor
    | Removed
    | Withdrawn
    | Opened
    | UsedTwice
    | Ask
    | JoinRequest
    | Consent
    | Left
    | PutBack
    | LogHead
    | LogReceipt
    | LogSegment
    | Issued
    | FileSeal
    | BackedUp
)
KINDS: dict[int, type[Any]] = {
    1: Founded,
    2: Certificate,
    3: Epoch,
    4: EpochFor,
    5: Removed,
    6: Withdrawn,
    7: Opened,
    8: UsedTwice,
    9: Ask,
    10: JoinRequest,
    11: Consent,
    12: Left,
    13: PutBack,
    20: LogHead,
    21: LogReceipt,
    22: LogSegment,
    23: Issued,
    24: FileSeal,
    25: BackedUp,
}
_TYPES = {
    kind: tuple(get_type_hints(kind)[name] for name in kind._fields) for kind in KINDS.values()
}
_NUMBERS = {kind: number for number, kind in KINDS.items()}
# What a field must be beside its type.
_KEYS = frozenset({"root", "signing", "sealing", "public", "key", "before", "entry", "digest"})
_IDS = frozenset({"share", "issuer", "log"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement as it came: what it says, the id of the key it names as its signer, its bytes."""

    says: Statement
    signer: bytes
    raw: bytes
    _parts: SignedBytes

    def check(self, public: bytes) -> None:
        """Raises security.node_keys.SignatureWrong where this key did not sign it."""
        check_signed(self._parts, public)

    @property
    def digest(self) -> bytes:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.raw).digest()


def proof_text(says: Opened, signer: bytes) -> bytes:
    """What the proof of an opening is over: who says it, and all of it."""
    return cbor2.dumps([signer, *says._replace(proof=b"")])


def as_payload(says: Statement) -> bytes:
    """A statement as the bytes that are signed."""
    return cbor2.dumps([_NUMBERS[type(says)], *says])


def read_statement(raw: bytes) -> Signed:
    """Its parts; nothing is believed yet. Raises StatementUnreadable, StatementTooNew."""
    try:
        parts = read_signed(raw)
        fields = load_cbor(parts.payload)
    except NotSigned as trouble:
        raise StatementUnreadable from trouble
    if not isinstance(fields, list) or not fields or not isinstance(fields[0], int):
        raise StatementUnreadable
    kind = KINDS.get(fields[0])
    if kind is None:
        raise StatementTooNew
    return Signed(_from_fields(kind, fields[1:]), parts.signer, raw, parts)


def _from_fields(kind: type[Any], fields: list[Any]) -> Statement:
    names: tuple[str, ...] = kind._fields
    least = len(names) - len(kind._field_defaults)
    if not least <= len(fields) <= len(names) + 8:
        raise StatementUnreadable
    said: Statement = kind(*map(_checked, names, _TYPES[kind], fields))
    return said


def _checked(name: str, wanted: Any, value: Any) -> Any:
    if not _FITS[wanted](value):
        raise StatementUnreadable
    if name in _KEYS and len(value) != KEY_BYTES:
        raise StatementUnreadable
    if name in _IDS and len(value) != KEY_ID_BYTES:
        raise StatementUnreadable
    return tuple(value) if isinstance(value, list) else value


_FITS: dict[Any, Callable[[Any], bool]] = {
    int: lambda value: type(value) is int and 0 <= value < 1 << 62,
    str: lambda value: isinstance(value, str) and len(value) <= LONGEST_TEXT,
    bytes: lambda value: isinstance(value, bytes) and len(value) <= LONGEST_TEXT,
    tuple[bytes, ...]: lambda value: (
        isinstance(value, list)
        and len(value) <= MOST_ITEMS
        and all(isinstance(one, bytes) and len(one) == KEY_ID_BYTES for one in value)
    ),
}


def subject_of(says: Statement) -> bytes:
    """What a statement is about: a newer one about the same takes its place. Things that happened
    stand beside each other."""
    about = _SUBJECTS.get(type(says))
    return about(says) if about else hashlib.sha256(as_payload(says)).digest()[:16]


_SUBJECTS: dict[type[Any], Callable[[Any], bytes]] = {
    Founded: lambda says: key_id(says.root),
    Left: lambda says: key_id(says.root),
    Certificate: lambda says: key_id(says.signing),
    JoinRequest: lambda says: key_id(says.signing),
    Epoch: lambda says: says.number.to_bytes(4),
    EpochFor: lambda says: says.number.to_bytes(4) + says.clinic,
    Removed: lambda says: says.clinic,
    Withdrawn: lambda _: b"all",
    UsedTwice: lambda says: says.share,
    PutBack: lambda _: b"back",
    LogHead: lambda says: says.log + (says.at // HEAD_EACH_MS).to_bytes(4),
}

"""Whether a document is genuine: what its seal or its code says, and what is known of who signed.

Pure, and needs no connection: the public keys of the own clinic and of its network are enough;
without them, the key the file names, whose six words somebody compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from medilink.changed_places import ChangedPlace, What, places
from medilink.handing_out import Purpose
from medilink.intake.own_record import RecordProof
from medilink.network import Network
from medilink.proving import Sealed, changed_pieces, document_words, is_signers, purpose_of
from medilink.statements import FileSeal, Issued, Signed
from security.node_keys import SignatureWrong, fingerprint_words


class State(StrEnum):
    """What a check has found."""

    GENUINE = "genuine"  # signed by who it says, unchanged
    CHANGED = "changed"  # not what was signed
    FORGED = "forged"  # not signed by the key it names
    RESAVED = "saved again"  # the record inside is genuine, the file around it has no seal
    NO_PROOF = "no proof"  # nothing in it that MediLink has signed
    UNKNOWN_KEY = "unknown key"  # signed, by a key nobody here knows and the code does not carry


class Trust(StrEnum):
    """What is known of the clinic that signed."""

    OWN = "this clinic"
    MEMBER = "of the network"
    REMOVED = "removed"
    LEFT = "left"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed. `name`: certified where `trust` is not UNKNOWN, else what the file says;
    `since`: when the trust ended, in milliseconds UTC, where it did; `words`: six of the key."""

    trust: Trust
    name: str = ""
    words: str = ""
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be said of a document. `at` in milliseconds UTC; `words`: six of the record, which
    stand on the paper too; `form`: the kind of file, empty for a code; `changed`: where."""

    state: State
    signer: Signer
    number: bytes = b""
    purpose: Purpose | None = None
    at: int = 0
    form: str = ""
    words: str = ""
    changed: tuple[ChangedPlace, ...] = ()

    @property
    def vouched(self) -> bool:
        """Whether who signed is this clinic or one of its network, and none that left it."""
        return self.signer.trust in (Trust.OWN, Trust.MEMBER)

    @property
    def sound(self) -> bool:
        """Whether this is what a clinic that counts has issued."""
        return self.state is State.GENUINE and self.vouched


_SEAL = (ChangedPlace(What.SEAL),)
NOTHING = Checked(State.NO_PROOF, Signer(Trust.UNKNOWN), changed=_SEAL)


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Whom this clinic knows. `own`: every key it has signed with, by its id, and its name."""

    own: Mapping[bytes, bytes]
    clinic: str
    network: Network | None
    now: int

    def find(self, signer: bytes) -> tuple[Signer, bytes] | None:
        """Who has the key with this id, and the key; None where nobody here knows it."""
        if signer in self.own:
            key = self.own[signer]
            return Signer(Trust.OWN, self.clinic, " ".join(fingerprint_words(key))), key
        member = self.network.members.get(signer) if self.network else None
        if member is None:
            return None
        words = " ".join(fingerprint_words(member.says.signing))
        trust, since = Trust.MEMBER, None
        if member.removed_at is not None:
            trust, since = (Trust.LEFT if member.left else Trust.REMOVED), member.removed_at
        elif member.says.until <= self.now:
            trust, since = Trust.EXPIRED, member.says.until
        return Signer(trust, member.says.name, words, since), member.says.signing


NOBODY_KNOWN = KnownKeys({}, "", None, 0)


def judge_code(signed: Signed, says: Issued, known: KnownKeys) -> Checked:
    """A code that was scanned from paper."""
    found = known.find(signed.signer)
    if found is None:
        return _of(State.UNKNOWN_KEY, Signer(Trust.UNKNOWN), says)
    signer, key = found
    return _of(State.GENUINE if _is_by(signed, key) else State.FORGED, signer, says)


def judge_file(sealed: Sealed, known: KnownKeys) -> Checked:
    """A file with its seal. A key nobody here knows is the file's own word."""
    says = sealed.says
    signer, key = known.find(sealed.seal.signer) or (
        Signer(Trust.UNKNOWN, says.clinic, " ".join(fingerprint_words(says.signing))),
        says.signing,
    )
    if key != says.signing or not is_signers(sealed) or not _is_by(sealed.seal, key):
        return _of(State.FORGED, signer, says)
    changed = changed_pieces(sealed)
    if not changed:
        return _of(State.GENUINE, signer, says)
    where = tuple(places(sealed.container, sealed.content, changed))
    return _of(State.CHANGED, signer, says, where)


def judge_record(signed: Signed, says: Issued, inside: RecordProof, known: KnownKeys) -> Checked:
    """The record inside a file that has no seal any more, by its own proof."""
    signer, key = known.find(signed.signer) or (
        Signer(Trust.UNKNOWN, inside.clinic, " ".join(fingerprint_words(inside.key))),
        inside.key,
    )
    if not _is_by(signed, key):
        return _of(State.FORGED, signer, says)
    state = State.RESAVED if says.digest == inside.digest else State.CHANGED
    return _of(state, signer, says, _SEAL)


def _is_by(signed: Signed, key: bytes) -> bool:
    try:
        signed.check(key)
    except SignatureWrong:
        return False
    return True


def _of(
    state: State, signer: Signer, says: Issued | FileSeal, changed: tuple[ChangedPlace, ...] = ()
) -> Checked:
    """What is said of a document; of a forged one nothing it says itself."""
    if state is State.FORGED:
        return Checked(state, signer, changed=_SEAL)
    return Checked(
        state,
        signer,
        number=says.number,
        purpose=purpose_of(says.purpose),
        at=says.at,
        form=says.form if isinstance(says, FileSeal) else "",
        words=document_words(says.digest) if isinstance(says, Issued) else "",
        changed=changed,
    )

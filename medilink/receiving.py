"""What came from another system: its own bytes, and what was read in them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medilink.errors import AnotherPerson
from medilink.fhir_names import PERSON, read_uid
from medilink.people import PatientDetails, fold
from medilink.records import Entry
from security.codes import uid_from_name


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """One resource as another system sent it: its type, its own id, its bytes, and what we read.

    The bytes are kept as they came; `understood` are the entries made from them (none for kinds
    MediLink does not show yet), `attached` the bytes of documents among them by uid. `address` is
    what the file around it called it (FHIR fullUrl). `own`: the uid MediLink itself once gave it,
    empty for what others wrote; what is here under that uid does not come in again.
    """

    kind: str
    source_id: str
    body: bytes
    understood: tuple[Entry, ...] = ()
    address: str = ""
    own: bytes = b""
    attached: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """One resource as it is kept: the uid it is kept under, and what `ReceivedEntry` says of it."""

    kind: str
    uid: bytes
    body: bytes
    address: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedPatient:
    """One person with entries from another system. `source_id` tells the same person again."""

    source_id: str
    details: PatientDetails
    entries: Sequence[ReceivedEntry]


@dataclass(frozen=True, slots=True)
class WholePerson:
    """A person with everything written about them, as another MediLink kept it: entries with their
    versions, what had come from elsewhere, the bytes of documents by uid. `vouched`: signed by this
    clinic or one of its network; only then may it correct what is here already."""

    uid: bytes
    medilink_id: str
    registered_at: int
    details: PatientDetails
    entries: tuple[Entry, ...]
    originals: tuple[Original, ...]
    bodies: Mapping[bytes, bytes]
    vouched: bool = False


def check_same_person(here: PatientDetails, there: PatientDetails) -> None:
    """Raise AnotherPerson where a file of an unknown clinic has somebody's uid, but neither their
    name nor their birth date: whoever knows a uid must not hang anything on that person."""
    same_name = fold(here.full_name) == fold(there.full_name)
    if not same_name and (here.birth_date != there.birth_date or not here.birth_date):
        raise AnotherPerson


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a file that could not be read: where, what, and why in a plain sentence."""

    where: str
    why: str


# ---- what they are kept under


def patient_uid(source_id: str) -> bytes:
    """The same person gets the same uid, whichever file they come in."""
    system, _, value = source_id.partition("|")
    own = read_uid(value) if system == PERSON else b""
    return own or uid_from_name(f"patient|{source_id}")


def received_uid(source_id: str, kind: str, name: str) -> bytes:
    """What one resource of a person is kept under. `name` is what its own file calls it."""
    return uid_from_name(f"{source_id}|{kind}|{name}")


def entry_uid(received: bytes, part: str = "") -> bytes:
    """The uid of an entry read from a resource: the resource's own, or one for each named part."""
    return uid_from_name(f"{received.hex()}|{part}") if part else received

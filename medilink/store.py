"""What the domain needs of a store. `database/` implements it; tests run against the real one.

Two habits hold everywhere and are checked by tests/shape:
  - a method that writes takes the `audit` event it writes with: one transaction, both or neither;
  - a method that hands out something about a patient takes `audit` too: an event to write, or the
    LoggedRead of one written before (a page that redraws does not log again).
Only methods named `of_…`, `by_…`, `list_staff`, `at`, `head` and `rows` hand out what is not about
a patient's health: accounts, settings, rights and the log itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from medilink.audit import Act, AuditEntry, AuditEvent, ChainedRow, Evidence, LoggedRead
from medilink.changing import FieldChange
from medilink.log_check import Head
from medilink.log_tree import KeptBlock, LogTree
from medilink.people import Account, AccountId, Patient, PatientDetails, PatientId
from medilink.receiving import Original, ReceivedPatient, WholePerson
from medilink.records import Entry, Record, Section
from medilink.store_backup import BackupStore
from medilink.store_log import ArchiveStore, FilterStore, ReportStore
from medilink.store_network import AbroadStore, NetworkStore, VisitingStore
from medilink.store_people import (
    CorrectionStore,
    CredentialStore,
    DuplicateStore,
    NoticeStore,
    QuestionStore,
    RightStore,
)
from medilink.store_sharing import GrantStore
from medilink.store_unusual import UnusualStore


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the clinic has decided about itself.

    `adult_age`: years from which a person's guardians see nothing more. `unverified_may_open`: 1
    where providers may open records before their licence is verified. `log_years`: after how many
    entries of the log go into the archive (2 at least). `accent`: the colour of its papers as
    "#rrggbb", or empty; `report_folder`: where each month's report is put, or empty.
    """

    name: str
    country: str
    language: str
    node_code: str
    idle_minutes: int
    version: int = 1
    adult_age: int = 18
    unverified_may_open: int = 1
    log_years: int = 2
    accent: str = ""
    report_folder: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search result. `likeness` 0–100; 100 is what was typed."""

    patient: Patient
    likeness: float


@dataclass(frozen=True, slots=True)
class SignInState:
    """What signing in needs: the account, its password hash, and its failures in a row."""

    account: Account
    password_hash: str
    failures: int
    wait_until: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed and has not saved. `body` is JSON text the page understands."""

    body: str
    saved_at: int


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries of the log are wanted; empty fields match everything. `archive`: look into the
    archived parts too."""

    patient: PatientId | None = None
    account: AccountId | None = None
    acts: frozenset[Act] = frozenset()
    outcome: str = ""
    since: int | None = None
    until: int | None = None
    before_seq: int | None = None
    archive: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written in a record at once.

    `changed` pairs an entry as it was read with what it becomes (its status, its end, the reason);
    `bodies` are the bytes of new documents by uid; `draft` names the draft that is now saved.
    `again` are entries that come back under the uids they had, with the `originals` they were read
    from.
    """

    new: Sequence[Entry] = ()
    changed: Sequence[tuple[Entry, Entry]] = ()
    bodies: Sequence[tuple[bytes, bytes]] = ()
    fields: Sequence[FieldChange] = ()
    draft: tuple[AccountId, str] | None = None
    again: Sequence[Entry] = ()
    originals: Sequence[Original] = ()


class SettingStore(Protocol):
    def of_clinic(self) -> Clinic: ...

    def change_clinic(self, clinic: Clinic, *, audit: AuditEvent) -> Clinic:
        """Raises EditedMeanwhile when `clinic.version` is not the stored one."""
        ...

    def of_logo(self) -> bytes: ...

    def change_logo(self, picture: bytes, *, audit: AuditEvent) -> None: ...


class AccountStore(Protocol):
    def add(self, account: Account, password_hash: str, *, audit: AuditEvent) -> Account:
        """`account.id` is ignored and given. Raises UserNameTaken."""
        ...

    def by_id(self, account: AccountId) -> Account | None: ...

    def by_user_name(self, user_name: str) -> SignInState | None: ...

    def list_staff(self) -> list[Account]: ...

    def count_failure(self, account: AccountId, wait_until: int, *, audit: AuditEvent) -> None: ...

    def signed_in(
        self, account: AccountId, *, new_hash: str | None = None, audit: AuditEvent
    ) -> None: ...

    def set_password(
        self, account: AccountId, password_hash: str, *, must_change: bool, audit: AuditEvent
    ) -> None: ...

    def give_slip(self, account: AccountId, password_hash: str, *, audit: AuditEvent) -> None:
        """A new first password; an account a merge has switched off works again."""
        ...

    def set_language(self, account: AccountId, language: str, *, audit: AuditEvent) -> None: ...

    def set_roles(self, changed: Account, *, audit: AuditEvent) -> None:
        """Role, further roles, profession, and whether the password must change."""
        ...

    def set_disabled(self, account: AccountId, *, disabled: bool, audit: AuditEvent) -> None: ...


class PatientStore(Protocol):
    def of_everybody(self) -> list[PatientId]: ...

    def register(
        self, details: PatientDetails, *, uid: bytes, node_code: str, audit: AuditEvent
    ) -> Patient:
        """Gives the patient the node's next MediLink ID."""
        ...

    def register_visitor(
        self, person: Patient, *, spare_uid: bytes, node_code: str, audit: AuditEvent
    ) -> Patient:
        """A new file for a patient of another clinic, under their own uid and MediLink ID where
        nobody here has them, else under `spare_uid` and the next number here."""
        ...

    def identity(self, patient: PatientId, *, audit: Evidence) -> tuple[Patient, LoggedRead]:
        """Raises NotFound."""
        ...

    def search(self, typed: str, *, limit: int, audit: Evidence) -> tuple[list[Found], LoggedRead]:
        """By name (also misspelt), MediLink ID, phone or birth date; best first."""
        ...

    def change(
        self,
        patient: PatientId,
        details: PatientDetails,
        *,
        version: int,
        fields: Sequence[FieldChange],
        audit: AuditEvent,
    ) -> Patient:
        """Raises EditedMeanwhile(theirs=Patient) when somebody saved after `version`."""
        ...

    def by_medilink_id(self, medilink_id: str) -> PatientId | None:
        """Of a registration that was merged: the one it was merged into."""
        ...

    def list_everyone(
        self, *, audit: Evidence
    ) -> tuple[list[tuple[PatientId, PatientDetails]], LoggedRead]:
        """Every registration that stands, for the search for duplicates."""
        ...

    def list_medilink_ids(self, patients: Collection[PatientId]) -> dict[PatientId, str]:
        """What to call patients where their name is nobody's business."""
        ...


class RecordStore(Protocol):
    def read(
        self, patient: PatientId, sections: frozenset[Section], *, audit: Evidence
    ) -> tuple[Record, LoggedRead]: ...

    def write(self, patient: PatientId, writing: Writing, *, audit: AuditEvent) -> None:
        """All of it or nothing. Raises EditedMeanwhile where a changed entry is no longer in the
        status it had, or one that comes back is here; NotFound."""
        ...

    def of_others(self, patient: PatientId, uids: Collection[bytes]) -> frozenset[bytes]:
        """Which of these uids are of entries in other patients' records, or went back to one when
        a merge was undone. Looks through all records, which takes seconds in a large store."""
        ...

    def take_in(self, patient: PatientId, entries: Sequence[Entry], *, audit: AuditEvent) -> int:
        """Add what another clinic has written; what is here already stays as it is. How many were
        new; where none was, nothing is written and nothing logged."""
        ...

    def document(
        self, patient: PatientId, uid: bytes, *, audit: Evidence
    ) -> tuple[bytes, LoggedRead]:
        """The bytes of a document. Raises NotFound."""
        ...

    def received(self, patient: PatientId, *, audit: Evidence) -> tuple[list[Original], LoggedRead]:
        """Everything other systems sent, as it came, in a fixed order."""
        ...

    def changes(
        self, patient: PatientId, *, limit: int, audit: Evidence
    ) -> tuple[list[FieldChange], LoggedRead]:
        """What was changed in place, newest first."""
        ...

    def receive(
        self, received: ReceivedPatient, *, uid: bytes, node_code: str, audit: AuditEvent
    ) -> tuple[int, int, int]:
        """Bring in one person whole, or nothing: (patients added, entries added, already here)."""
        ...

    def receive_whole(
        self, whole: WholePerson, *, node_code: str, audit: AuditEvent
    ) -> tuple[int, int, int]:
        """The same for what another MediLink kept: under the same uids, and under the same MediLink
        ID where nobody here has it. What is here stays, but for what a newer version replaces in a
        file that is vouched for; beside the newer versions of any other file it stays in force."""
        ...


class LogStore(Protocol):
    def write(self, event: AuditEvent) -> int:
        """Log something that changes nothing else: a refusal, a sign-out."""
        ...

    def together(self, *, audit: AuditEvent) -> AbstractContextManager[None]:
        """Several acts as one: what they write, their own entries and this one after them, or
        nothing. They see what those before them wrote. What is raised has to leave the block."""
        ...

    def list_entries(
        self, wanted: LogFilter, *, limit: int, audit: Evidence
    ) -> tuple[list[AuditEntry], LoggedRead]: ...

    def rows(self) -> Iterator[ChainedRow]:
        """Every entry, archived ones too, in order. Raises LogPartUnreadable on the way."""
        ...

    def at(self, seq: int) -> Head | None: ...

    def entry_about(
        self, patient: PatientId, seq: int, *, audit: Evidence
    ) -> tuple[ChainedRow | None, LoggedRead]:
        """One entry, archived or not, if it is about this patient."""
        ...

    def head(self) -> Head: ...

    def of_tree(self) -> LogTree:
        """The tree over the log as it is now."""
        ...

    def of_blocks(self) -> list[KeptBlock]:
        """What is kept of every complete block of the tree, in order."""
        ...

    def latest_time(self) -> int:
        """The latest time among the newest entries, doubted or not: what was dated by others is
        never judged by an earlier one. Milliseconds UTC; 0 for an empty log."""
        ...

    def highest_time(self) -> int:
        """The latest time any entry was ever written at with a believed clock: it never goes down,
        also where somebody said since that it is earlier. Milliseconds UTC; 0 for none."""
        ...

    def newest_time(self) -> int | None:
        """When the newest entry was written whose clock was not in doubt; milliseconds UTC."""
        ...


class DraftStore(Protocol):
    """Half-typed entries, one per account, patient and kind; gone when saved or thrown away."""

    def of(self, account: AccountId, patient: PatientId | None, kind: str) -> Draft | None: ...

    def keep(
        self, account: AccountId, patient: PatientId | None, kind: str, draft: Draft | None
    ) -> None:
        """None throws it away. No audit event: a draft is not part of anybody's record yet."""
        ...


class Store(Protocol):
    @property
    def settings(self) -> SettingStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def patients(self) -> PatientStore: ...
    @property
    def records(self) -> RecordStore: ...
    @property
    def grants(self) -> GrantStore: ...
    @property
    def duplicates(self) -> DuplicateStore: ...
    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def notices(self) -> NoticeStore: ...
    @property
    def rights(self) -> RightStore: ...
    @property
    def corrections(self) -> CorrectionStore: ...
    @property
    def questions(self) -> QuestionStore: ...
    @property
    def log(self) -> LogStore: ...
    @property
    def log_archive(self) -> ArchiveStore: ...
    @property
    def log_filters(self) -> FilterStore: ...
    @property
    def reports(self) -> ReportStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def network(self) -> NetworkStore: ...
    @property
    def visiting(self) -> VisitingStore: ...
    @property
    def abroad(self) -> AbroadStore: ...
    @property
    def unusual(self) -> UnusualStore: ...
    @property
    def backups(self) -> BackupStore: ...

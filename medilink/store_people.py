"""What the domain needs of a store about people: rights, duplicates, notices, wishes.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from medilink.audit import AuditEntry, AuditEvent, Evidence, LoggedRead
from medilink.correcting import Correction, CorrectionState
from medilink.credentials import Credentials, State
from medilink.credentials import Held as Credential
from medilink.family import Guardianship
from medilink.merging import Merge, MergeWish, SuspectedPair
from medilink.notices import Kind, Seen
from medilink.people import Account, AccountId, PatientId
from medilink.permissions import EmergencyAccess, Held
from medilink.questioning import Finding, Question


class RightStore(Protocol):
    """By what right records are opened; emergencies and guardians."""

    def of_account(self, who: Account, wanted: PatientId, now: int) -> Held:
        """Everything that may open one record for one person, in one look."""
        ...

    def of_patients(self, who: AccountId, now: int) -> dict[PatientId, int]:
        """Whose records a provider may open now, and until when; without those who let everybody of
        the clinic."""
        ...

    def of_care(self, who: AccountId, now: int) -> dict[PatientId, int]:
        """Who is in a provider's care now, and until when; without what was shared by codes."""
        ...

    def hand_over(
        self,
        giver: AccountId,
        taker: AccountId,
        in_care: dict[PatientId, int],
        now: int,
        *,
        audit: Sequence[AuditEvent],
    ) -> None:
        """The taker has them in care until their times, the giver no longer; one entry each."""
        ...

    def open_in_emergency(self, access: EmergencyAccess, *, audit: AuditEvent) -> None: ...

    def list_to_review(
        self, *, limit: int, audit: Evidence
    ) -> tuple[list[EmergencyAccess], LoggedRead]:
        """All that wait for a review, the oldest first; then the newest reviewed ones."""
        ...

    def review(
        self, number: int, verdict: str, note: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        """Raises EditedMeanwhile when it was reviewed before."""
        ...

    def by_number(self, number: int) -> EmergencyAccess:
        """Raises NotFound."""
        ...

    def link_guardian(self, link: Guardianship, *, audit: AuditEvent) -> None:
        """Raises AlreadySaid."""
        ...

    def by_link(self, number: int) -> Guardianship:
        """One that stands. Raises NotFound."""
        ...

    def end_guardian(self, link: Guardianship, *, audit: AuditEvent) -> None:
        """The child's codes are withdrawn with it. Raises EditedMeanwhile when it has ended."""
        ...

    def list_guardians(
        self, child: PatientId, *, audit: Evidence
    ) -> tuple[list[Guardianship], LoggedRead]: ...

    def list_children(
        self, of: PatientId, *, audit: Evidence
    ) -> tuple[list[Guardianship], LoggedRead]: ...


class DuplicateStore(Protocol):
    """Registrations that may be one person; merges and their undoing."""

    def add_found(self, pairs: Sequence[SuspectedPair], *, audit: AuditEvent) -> int:
        """How many were not known before. One that was dismissed stays dismissed."""
        ...

    def list_suspected(
        self, *, limit: int, audit: Evidence
    ) -> tuple[list[SuspectedPair], LoggedRead]: ...

    def dismiss(
        self, low: PatientId, high: PatientId, why: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        """Raises EditedMeanwhile when it was decided before."""
        ...

    def merge(self, wish: MergeWish, *, audit: AuditEvent, also: AuditEvent) -> int:
        """Everything of one registration goes to the other, or nothing does. `also` is the entry
        about the registration that ends. The number of the merge; raises EditedMeanwhile."""
        ...

    def list_merges(self, *, limit: int, audit: Evidence) -> tuple[list[Merge], LoggedRead]: ...

    def by_number(self, number: int) -> Merge:
        """Raises NotFound."""
        ...

    def undo(self, number: int, *, audit: AuditEvent, also: AuditEvent) -> None:
        """Every row back where it was. Raises EditedMeanwhile when that was done before, or when
        the kept registration was itself merged since."""
        ...

    def count_entries(
        self, patients: Collection[PatientId], *, audit: Evidence
    ) -> tuple[dict[tuple[PatientId, str], int], LoggedRead]:
        """How many entries each has, by section: what may be compared without being read."""
        ...


class CredentialStore(Protocol):
    """What providers say of their training: nothing about any patient."""

    def of_account(self, who: AccountId) -> Credential | None: ...

    def of_everyone(self) -> dict[AccountId, tuple[Credential, int | None]]:
        """Of every provider who is not switched off, with the last reminder given."""
        ...

    def save(
        self,
        who: AccountId,
        credentials: Credentials,
        state: State,
        *,
        version: int,
        audit: AuditEvent,
    ) -> None:
        """Raises EditedMeanwhile when `version` is not the stored one (0: none yet)."""
        ...

    def decide(  # noqa: PLR0913 what a decision says
        self,
        who: AccountId,
        state: State,
        reason: str,
        by: AccountId,
        *,
        version: int,
        audit: AuditEvent,
    ) -> None:
        """Raises EditedMeanwhile when it was changed or decided meanwhile."""
        ...

    def keep_photo(self, who: AccountId, body: bytes, *, audit: AuditEvent) -> None:
        """Raises NotFound before anything was saved."""
        ...

    def keep_evidence(
        self, who: AccountId, media: str, body: bytes, *, audit: AuditEvent
    ) -> None: ...

    def of_photo(self, who: AccountId) -> bytes | None: ...

    def of_evidence(self, who: AccountId) -> tuple[str, bytes] | None: ...

    def reminded(self, who: AccountId, days: int, *, audit: AuditEvent) -> None: ...


class NoticeStore(Protocol):
    """Entries of the log that are somebody's business."""

    def of_account(self, who: AccountId) -> Seen: ...

    def list_told(
        self,
        who: Account,
        children: frozenset[PatientId] = frozenset(),
        *,
        after: int,
        limit: int,
        audit: Evidence,
    ) -> tuple[list[AuditEntry], LoggedRead]:
        """Entries after a number that may concern somebody or their children, newest first."""
        ...

    def mark_read(
        self, who: AccountId, *, up_to: int, ones: frozenset[int], audit: AuditEvent
    ) -> None: ...

    def switch_off(self, who: AccountId, muted: frozenset[Kind], *, audit: AuditEvent) -> None: ...


class CorrectionStore(Protocol):
    """Wishes of patients to have something corrected."""

    def ask(self, wish: Correction, *, audit: AuditEvent) -> None: ...

    def list_of(
        self, patient: PatientId, *, audit: Evidence
    ) -> tuple[list[Correction], LoggedRead]: ...

    def by_number(self, number: int) -> PatientId:
        """Whose wish it is. Raises NotFound."""
        ...

    def of_waiting(self) -> dict[PatientId, int]:
        """Patients with an open wish, and since when; nothing of what they wish."""
        ...

    def answer(
        self,
        number: int,
        state: CorrectionState,
        answer: str,
        by: AccountId,
        *,
        audit: AuditEvent,
    ) -> None:
        """Raises EditedMeanwhile when it is not open any more."""
        ...


class QuestionStore(Protocol):
    """What patients ask about entries of the log."""

    def ask(self, question: Question, *, audit: AuditEvent) -> None:
        """Raises AlreadyAsked, AskedOftenEnough."""
        ...

    def list_of(
        self, patient: PatientId, *, audit: Evidence
    ) -> tuple[list[Question], LoggedRead]: ...

    def list_to_answer(self, *, limit: int, audit: Evidence) -> tuple[list[Question], LoggedRead]:
        """All that are open, the oldest first; then the newest answered ones."""
        ...

    def by_number(self, number: int) -> Question:
        """Raises NotFound."""
        ...

    def answer(
        self, number: int, finding: Finding, answer: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        """Raises EditedMeanwhile when it was answered before."""
        ...

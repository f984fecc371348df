"""The log proves itself: signed heads, receipts for patients, and the check of all of it.

A receipt says how the log stood when it was given. Whoever holds one can have the log checked
against it years later, here or with a program of their own (`security/check_log.py`); the clinic
cannot take back what it has signed.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from medilink.acts.network import network_here, own_key, say_here
from medilink.acts.read_record import rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import (
    LogBeingChecked,
    LogReceiptElsewhere,
    LogReceiptForged,
    LogReceiptUnknown,
    LogReceiptUnreadable,
    NetworkTrouble,
    NoRight,
    ShareRefused,
)
from medilink.log_archive import digest_of, unpack_rows
from medilink.log_check import (
    PART_DAMAGED,
    REPLACED,
    TOO_SHORT,
    Head,
    LogPartUnreadable,
    Verdict,
    Witness,
    check_log,
)
from medilink.log_receipts import (
    log_id,
    read_line,
    read_receipt,
    receipt_line,
    receipt_text,
    witness_of,
)
from medilink.looking import SHOWN_TO_PATIENT
from medilink.people import PatientId, Role
from medilink.permissions import Task, check_can_open
from medilink.statements import LogHead, LogReceipt, LogSegment, Signed, read_statement
from medilink.store import LogFilter
from medilink.store_backup import Restoration
from security.key_ring import Use
from security.node_keys import SignatureWrong, fingerprint_words, key_id

PATIENCE_S = 60.0
_CHECKING = threading.Lock()  # a check reads the whole log: one at a time, whoever asks


@dataclass(frozen=True, slots=True)
class GivenReceipt:
    """A receipt to be kept. `text` stands in a code; `line` says the same in words. `clinic` and
    `key`: who has signed it, and the six words of the key that was used."""

    says: LogReceipt
    text: str
    line: str
    clinic: str
    key: str


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What a check against a receipt has found. `says`: what it said; None where its line was
    typed."""

    verdict: Verdict
    size: int
    says: LogReceipt | None = None


def say_head(desk: Desk) -> Signed:
    """How the log stands now, signed by this clinic: what leaves with every export and backup."""
    tree = desk.store.log.of_tree()
    says = LogHead(log_id_here(desk), tree.size, tree.root(), _hash_at(desk, tree.size), desk.now)
    return say_here(desk, says)


def give_receipt(desk: Desk, patient: PatientId | None = None) -> GivenReceipt:
    """A receipt for a patient to keep, about the newest entry of their record. Patients have their
    own (None) or a child's; a provider gives it to whom they may open. Raises NotYours, NoRight."""
    if desk.who.role is Role.PATIENT or patient is None:
        patient = own_record(desk, Act.GIVE_LOG_RECEIPT, Task.READ_OWN_LOG, patient)
    with refusals_logged(desk, Act.GIVE_LOG_RECEIPT, patient):
        check_can_open(rights_here(desk, patient))
    wanted = LogFilter(patient=patient, acts=SHOWN_TO_PATIENT)
    event = desk.event(Act.GIVE_LOG_RECEIPT, patient)
    newest, logged = desk.store.log.list_entries(wanted, limit=1, audit=event)
    seq = newest[0].seq if newest else logged.seq
    tree = desk.store.log.of_tree()
    size = tree.size
    says = LogReceipt(log_id_here(desk), size, tree.root(size), desk.now, seq, _hash_at(desk, seq))
    signed, key = say_here(desk, says), " ".join(fingerprint_words(own_key(desk)))
    return GivenReceipt(says, receipt_text(signed), receipt_line(says), desk.clinic.name, key)


def check_receipt(desk: Desk, text: str) -> CheckedReceipt:
    """Whether the log still is what a receipt says: its code's text, or its line as it was typed.
    Anyone signed in may ask. Every entry is read, so that it takes seconds in a long log.

    Raises LogReceiptUnreadable, LogReceiptForged, LogReceiptElsewhere, LogBeingChecked.
    """
    who = desk.who
    with refusals_logged(desk, Act.CHECK_LOG, who.patient):
        witness, says = _believed(desk, text)
        head = desk.store.log.head()
        if witness.size > head.seq:
            verdict = Verdict(head.seq, head, head.seq + 1, TOO_SHORT)
        else:
            with _one_at_a_time(wait_s=0):
                verdict = _checked(desk, [], [witness])
    why = "receipt-not-true" if says else "line-not-true"
    _log_verdict(desk, verdict, why, receipts=1)
    return CheckedReceipt(verdict, witness.size, says)


def verify_log(desk: Desk, outside: Head | None, receipts: Collection[str] = ()) -> Verdict:
    """Walk the whole log, against the head kept outside, what other clinics were told of it, and
    any receipts; name the first entry that does not fit. For administrators.

    Raises what `check_receipt` raises.
    """
    check_task(desk, Task.READ_LOG, Act.CHECK_LOG)
    heads = [outside] if outside and outside.seq else []
    with refusals_logged(desk, Act.CHECK_LOG):
        witnesses = [_believed(desk, text)[0] for text in receipts]
        told = _told_to_others(desk)
        if told is None:
            verdict = Verdict(0, Head(0, b""), 1, REPLACED)
        else:
            with _one_at_a_time(wait_s=PATIENCE_S):
                verdict = _checked(desk, heads, [*witnesses, *told])
    _log_verdict(desk, verdict, "log-not-whole", receipts=len(witnesses))
    return verdict


def _told_to_others(desk: Desk) -> list[Witness] | None:
    """What this clinic has said of its log in its news. It comes back with the news of others, also
    to a store that was put back to before it. None where it was said of another log than this."""
    keys, log = own_signing_keys(desk), log_id_here(desk)
    restored = desk.store.backups.of_restorations()
    found = []
    for raw in desk.store.network.of_statements():
        # What somebody only wrote into the store, unsigned or damaged, shows nothing.
        with suppress(SignatureWrong, NetworkTrouble, KeyError):
            said = read_statement(raw)
            if isinstance(said.says, LogHead):
                said.check(keys[said.signer])
                if said.says.log != log:
                    return None
                if not _lost_by_restoring(restored, said.says):
                    found.append(Witness(said.says.size, said.says.root))
    return found


def _lost_by_restoring(restored: Collection[Restoration], says: LogHead) -> bool:
    """Whether a head speaks of entries that were given up, openly, when the store was restored from
    a backup: its own entry in the log says so."""
    return any(one.seq < says.size and says.at <= one.at for one in restored)


def _checked(desk: Desk, heads: Collection[Head], witnesses: Collection[Witness]) -> Verdict:
    """Everything that is kept of the log against everything that is known of it."""
    log, parts = desk.store.log, desk.store.log_archive.of_segments()
    archived_to = parts[-1].last if parts else 0
    blocks = log.of_blocks()
    verdict = check_log(log.rows(), heads, witnesses, blocks=blocks, archived_to=archived_to)
    damaged = _first_damaged_part(desk)
    if damaged is not None and (verdict.broken_at is None or damaged < verdict.broken_at):
        return Verdict(damaged - 1, verdict.head, damaged, PART_DAMAGED)
    return verdict


def _first_damaged_part(desk: Desk) -> int | None:
    """The first entry of the first archived part that is not what this clinic has signed."""
    keys = own_signing_keys(desk)
    for part in desk.store.log_archive.of_segments():
        body = desk.store.log_archive.of_body(part.first)
        try:
            signed = read_statement(part.signed)
            signed.check(keys[signed.signer])
            gone = sum(row.detail is None for row in unpack_rows(part.first, body))
        except (NetworkTrouble, SignatureWrong, KeyError, LogPartUnreadable):
            return part.first
        says = signed.says
        held = (part.first, part.last, part.before, part.hash, digest_of(body), gone)
        if not isinstance(says, LogSegment) or says[1:7] != held:
            return part.first
    return None


def own_signing_keys(desk: Desk) -> dict[bytes, bytes]:
    """Every public key this clinic signs or has signed with, by its id, the present one first."""
    held = desk.store.network.of_keys()
    return {key_id(key.public): key.public for key in held if key.use is Use.SIGN}


def believed_receipt(desk: Desk, text: str) -> LogReceipt:
    """What a receipt's code says, once its signature was checked. Raises LogReceiptUnreadable,
    LogReceiptForged, LogReceiptElsewhere."""
    says = _believed(desk, text)[1]
    if says is None:
        raise LogReceiptUnreadable
    return says


def _believed(desk: Desk, text: str) -> tuple[Witness, LogReceipt | None]:
    """What a receipt says, once its signature was checked."""
    typed = read_line(text)
    if typed is not None:
        return typed, None
    try:
        signed, says = read_receipt(text.strip())
    except ShareRefused as trouble:
        raise LogReceiptUnreadable from trouble
    public = own_signing_keys(desk).get(signed.signer)
    if public is None:
        member = network_here(desk).members.get(signed.signer)
        if member is None:
            raise LogReceiptUnknown
        raise LogReceiptElsewhere(clinic=member.says.name)
    try:
        signed.check(public)
    except SignatureWrong as trouble:
        raise LogReceiptForged from trouble
    return witness_of(says), says


@contextmanager
def _one_at_a_time(wait_s: float) -> Iterator[None]:
    if not _CHECKING.acquire(timeout=wait_s):
        raise LogBeingChecked
    try:
        yield
    finally:
        _CHECKING.release()


def _log_verdict(desk: Desk, verdict: Verdict, why: str, receipts: int) -> None:
    desk.store.log.write(
        desk.event(
            Act.CHECK_LOG,
            desk.who.patient,
            outcome=Outcome.DONE if verdict.sound else Outcome.REFUSED,
            why="" if verdict.sound else why,
            checked=verdict.checked,
            receipts=receipts,
            broken_at=verdict.broken_at or "",
        )
    )


def log_id_here(desk: Desk) -> bytes:
    """What this clinic's log is called. Where an archived part was damaged, its first entry says
    it."""
    for part in desk.store.log_archive.of_segments()[:1]:
        with suppress(NetworkTrouble):
            says = read_statement(part.signed).says
            if isinstance(says, LogSegment):
                return says.log
    return log_id(_hash_at(desk, 1))


def _hash_at(desk: Desk, seq: int) -> bytes:
    found = desk.store.log.at(seq)
    if found is None:
        raise NoRight
    return found.hash

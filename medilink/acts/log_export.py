"""The log for somebody else to check: all of it, or the proof for receipts.

Lines of JSON as docs/formats/log.md says; `security/check_log.py` reads them without MediLink.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from medilink.acts.log_proof import believed_receipt, own_signing_keys, say_head
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import GENESIS, Act, ChainedRow, LoggedRead
from medilink.desk import Desk
from medilink.errors import LogReceiptForged
from medilink.people import PatientId, Role
from medilink.permissions import Task
from medilink.statements import LogHead, LogReceipt, Signed
from security.check_log import FORMAT


def export_log(desk: Desk, *, details: bool = False) -> Iterator[str]:
    """The whole log, line by line, up to the entry that says so. `details`: with names, addresses
    and browsers; without them it still proves everything. For administrators."""
    check_task(desk, Task.READ_LOG, Act.EXPORT_LOG)
    desk.store.log.write(desk.event(Act.EXPORT_LOG, details=int(details)))
    head, size = _head(desk)
    return _lines(desk, head, size, details=details)


def _lines(desk: Desk, head: Signed, size: int, *, details: bool) -> Iterator[str]:
    yield _line(_beginning(desk, head))
    for row in islice(desk.store.log.rows(), size):
        yield _line(_entry(row, details=details))


def prove_receipts(desk: Desk, texts: Sequence[str], *, patient: PatientId | None = None) -> str:
    """The proof for receipts, as one line: that their entries are in the log and that it has only
    grown. With what the entry says, where it is about one's own record (or a child's).

    Raises LogReceiptUnreadable, LogReceiptForged, LogReceiptElsewhere.
    """
    if desk.who.role is Role.PATIENT:
        patient = own_record(desk, Act.EXPORT_LOG, Task.READ_OWN_LOG, patient)
    else:
        check_task(desk, Task.READ_LOG, Act.EXPORT_LOG)
        patient = None
    with refusals_logged(desk, Act.EXPORT_LOG, patient):
        receipts = [(text, believed_receipt(desk, text)) for text in texts]
        tree = desk.store.log.of_tree()
        if any(receipt.size > tree.size for _, receipt in receipts):
            raise LogReceiptForged
    event = desk.event(Act.EXPORT_LOG, patient, receipts=len(texts))
    logged = LoggedRead(desk.store.log.write(event))
    head, size = _head(desk)
    proofs = [_proof(desk, text, receipt, size) for text, receipt in receipts]
    if patient is not None:
        for (_, receipt), proof in zip(receipts, proofs, strict=True):
            proof |= _own_entry(desk, patient, receipt.seq, logged)
    return _line({**_beginning(desk, head), "proofs": proofs})


def _proof(desk: Desk, text: str, receipt: LogReceipt, size: int) -> dict[str, object]:
    tree = desk.store.log.of_tree()
    inclusion = tree.inclusion(receipt.seq - 1, receipt.size)
    consistency = tree.consistency(receipt.size, size)
    return {
        "receipt": text,
        "inclusion": [step.hex() for step in inclusion],
        "consistency": [step.hex() for step in consistency],
    }


def _own_entry(desk: Desk, patient: PatientId, seq: int, logged: LoggedRead) -> dict[str, object]:
    """What the entry of a receipt says, for whom it is about."""
    row, _ = desk.store.log.entry_about(patient, seq, audit=logged)
    if row is None:
        return {}
    before = desk.store.log.at(seq - 1)
    said = before.hash if before else GENESIS
    return {"before": said.hex(), "entry": _entry(row, details=True)}


def _head(desk: Desk) -> tuple[Signed, int]:
    head = say_head(desk)
    return head, head.says.size if isinstance(head.says, LogHead) else 0


def _beginning(desk: Desk, head: Signed) -> dict[str, object]:
    return {
        "format": FORMAT,
        "clinic": desk.clinic.name,
        "keys": [public.hex() for public in own_signing_keys(desk).values()],
        "head": head.raw.hex(),
    }


def _entry(row: ChainedRow, *, details: bool) -> dict[str, object]:
    said: dict[str, object] = {
        "seq": row.seq,
        "at": row.at,
        "act": row.act,
        "outcome": row.outcome,
        "account": row.account,
        "patient": row.patient,
        "method": row.method,
        "sections": row.sections,
        "why": row.why,
        "commitment": row.commitment.hex(),
        "hash": row.hash.hex(),
    }
    if details and row.salt is not None and row.detail is not None:
        said |= {"salt": row.salt.hex(), "detail": row.detail.decode()}
    return said


def _line(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"

"""Is this document genuine? Anyone who is signed in may ask; every check is in the log."""

from __future__ import annotations

from medilink.acts.log_proof import own_signing_keys
from medilink.acts.network import membership_here, network_here
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.document_check import (
    NOTHING,
    Checked,
    KnownKeys,
    State,
    judge_code,
    judge_file,
    judge_record,
)
from medilink.errors import FileChanged, FileUnreadable, ShareRefused
from medilink.intake.own_files import record_within
from medilink.intake.own_record import read_record_proof
from medilink.proving import NoSeal, read_issued, take_apart


def check_document_code(desk: Desk, text: str) -> Checked:
    """A code from paper. Raises QrNotOurs, OfferUnreadable, StatementTooNew."""
    signed, says = read_issued(text.strip())
    return _logged(desk, judge_code(signed, says, known_keys(desk)))


def check_document_file(desk: Desk, file: bytes) -> Checked:
    """A file of any kind."""
    return _logged(desk, judge_any(file, known_keys(desk)))


def check_unchanged(desk: Desk, file: bytes) -> Checked:
    """The same before something is taken in: what a clinic has signed comes in as it signed it.
    Raises FileChanged."""
    found = check_document_file(desk, file)
    if found.state in (State.GENUINE, State.RESAVED):
        return found
    raise FileChanged


def judge_any(file: bytes, known: KnownKeys) -> Checked:
    """A file by its seal; where that is gone, by the proof of the record inside."""
    try:
        return judge_file(take_apart(file), known)
    except NoSeal:
        pass
    record = record_within(file)
    if record is None:
        return NOTHING
    try:
        read = read_record_proof(record)
        signed, says = read_issued(read.proof)
    except (FileUnreadable, ShareRefused):
        return NOTHING
    return judge_record(signed, says, read, known)


def known_keys(desk: Desk) -> KnownKeys:
    """Whom this clinic knows by its key."""
    network = network_here(desk) if membership_here(desk) else None
    return KnownKeys(own_signing_keys(desk), desk.clinic.name, network, desk.now)


def _logged(desk: Desk, found: Checked) -> Checked:
    genuine = found.state is State.GENUINE
    event = desk.event(
        Act.CHECK_DOCUMENT,
        desk.who.patient,
        outcome=Outcome.DONE if genuine else Outcome.REFUSED,
        why="" if genuine else f"document-{found.state.value.replace(' ', '-')}",
        number=found.number.hex(),
        signer=found.signer.trust.value,
    )
    desk.store.log.write(event)
    return found

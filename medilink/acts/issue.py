"""A document leaves: the clinic signs the record in it and seals the finished file, and the log
says which file that was."""

from __future__ import annotations

import hashlib
import secrets

from medilink.acts.network import own_key, say_here
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.handing_out import Purpose
from medilink.people import PatientId
from medilink.proving import (
    PURPOSE_NUMBERS,
    Container,
    ends_sealed,
    issued_text,
    say_seal,
    to_be_sealed,
    with_seal,
)
from medilink.statements import Issued

NUMBER_BYTES = 5


def new_number() -> bytes:
    """The number of a new document."""
    return secrets.token_bytes(NUMBER_BYTES)


def say_issued(desk: Desk, number: bytes, purpose: Purpose, digest: bytes) -> tuple[Issued, str]:
    """The clinic's word that it issues a record with this SHA-256, and the text of its code."""
    says = Issued(number, PURPOSE_NUMBERS[purpose], desk.now, digest)
    return says, issued_text(say_here(desk, says))


def sealed(desk: Desk, issued: Issued, container: Container, content: bytes, form: str) -> bytes:
    """A finished file with the clinic's seal; as it is where it has one."""
    if ends_sealed(container, content):
        return content
    body = to_be_sealed(container, content)
    says = say_seal(body, issued, form=form, clinic=desk.clinic.name, signing=own_key(desk))
    return with_seal(container, body, say_here(desk, says))


def seal_file(  # noqa: PLR0913 what the log says of a file, each named by the caller
    desk: Desk,
    patient: PatientId | None,
    issued: Issued,
    container: Container,
    content: bytes,
    *,
    form: str,
    locked: bool = False,
) -> bytes:
    """The file that leaves. One entry of the log: which document, what kind of file, its size and
    SHA-256. Nobody has the file before that entry is written."""
    file = sealed(desk, issued, container, content, form)
    desk.store.log.write(
        desk.event(
            Act.ISSUE,
            patient,
            form=form,
            number=issued.number.hex(),
            size=len(file),
            sha256=hashlib.sha256(file).hexdigest(),
            locked=int(locked),
        )
    )
    return file


def log_unfinished(desk: Desk, patient: PatientId | None, form: str, why: str) -> None:
    """A document that was begun and did not leave: cancelled, or what went wrong."""
    event = desk.event(Act.ISSUE, patient, outcome=Outcome.REFUSED, why=why, form=form)
    desk.store.log.write(event)

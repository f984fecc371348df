"""A document leaves: the clinic signs the record in it and seals the finished file, and the log
says which file that was."""

from __future__ import annotations

import hashlib
import mmap
import os
import secrets
from pathlib import Path

from medilink.acts.network import own_key, say_here
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.handing_out import Purpose
from medilink.people import PatientId
from medilink.proving import (
    PURPOSE_NUMBERS,
    Container,
    bare_end,
    ending,
    ends_sealed,
    issued_text,
    say_seal,
    to_be_sealed,
    with_seal,
)
from medilink.statements import Issued

NUMBER_BYTES = 5
REPORT_FORM = "PDF report"


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
    read: int = 0,
) -> bytes:
    """The file that leaves. One entry of the log: which document, what kind of file, its size and
    SHA-256, and by which entry the record in it was read. Nobody has the file before that entry is
    written."""
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
            read=read or "",
        )
    )
    return file


def seal_report(desk: Desk, number: bytes, pdf: bytes) -> bytes:
    """A report of the clinic, about nobody in particular, with the clinic's seal."""
    issued = Issued(number, PURPOSE_NUMBERS[Purpose.LEGAL], desk.now, hashlib.sha256(pdf).digest())
    return seal_file(desk, None, issued, Container.PDF, pdf, form=REPORT_FORM)


def seal_path(desk: Desk, number: bytes, container: Container, path: Path, form: str) -> None:
    """The same for a file too large for memory, that is about more than one patient. Everything is
    on the disk when this returns."""
    with path.open("r+b") as file:
        bare = len(bare_end(container))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            with memoryview(whole) as seen, seen[: len(seen) - bare] as body:
                digest = hashlib.sha256(body).digest()
                issued = Issued(number, PURPOSE_NUMBERS[Purpose.COPY], desk.now, digest)
                clinic, key = desk.clinic.name, own_key(desk)
                says = say_seal(body, issued, form=form, clinic=clinic, signing=key)
        file.seek(-bare, 2)
        file.write(ending(container, b"", say_here(desk, says)))
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        file.seek(0)
        left = hashlib.file_digest(file, "sha256").hexdigest()
    event = desk.event(Act.ISSUE, form=form, number=number.hex(), size=size, sha256=left, locked=1)
    desk.store.log.write(event)


def log_unfinished(desk: Desk, patient: PatientId | None, form: str, why: str) -> None:
    """A document that was begun and did not leave: cancelled, or what went wrong."""
    event = desk.event(Act.ISSUE, patient, outcome=Outcome.REFUSED, why=why, form=form)
    desk.store.log.write(event)

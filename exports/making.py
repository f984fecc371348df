"""The walk of an export: what the gate lets through → one document → one form → signed and sealed.

hand_out_record (the right, the log) → ClinicalDocument → a renderer → seal_file (the log again)
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from exports.document import ClinicalDocument, LetterPart, Proof
from exports.forms import KINDS, Form, Issuing, draw_paper
from exports.record_file import Issuer, Progress, nobody_waits, write_record_file
from exports.record_look import DEFAULT_ACCENT, Look
from exports.wording import Wording
from medilink.acts.hand_out import hand_out_record
from medilink.acts.issue import (
    log_unfinished,
    new_number,
    say_issued,
    seal_file,
    sealed,
)
from medilink.acts.network import own_key
from medilink.acts.staff import logo_here
from medilink.desk import Desk
from medilink.errors import MediLinkError
from medilink.handing_out import Asked, HandedOut
from medilink.people import PatientId
from medilink.proving import Container, document_words
from medilink.statements import Issued
from security.locked_files import lock_pdf, lock_zip
from security.node_keys import fingerprint_words


@dataclass(frozen=True, slots=True)
class Made:
    """A file that may leave. `number`: of the document, as it is printed. `copy`: a PDF without the
    record inside, for keeping in a record that it is a part of."""

    name: str
    media: str
    content: bytes
    number: str
    locked: bool = False
    copy: bytes = b""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose: what of the record, as which kind of file, in whose words; for a letter
    its parts, and a password where the file is to be locked."""

    asked: Asked
    form: Form
    words: Wording
    letter: Sequence[LetterPart] = ()
    password: str = ""


def make_export(
    desk: Desk, patient: PatientId, chosen: Chosen, progress: Progress = nobody_waits
) -> Made:
    """One file of a record, signed and sealed, in the log with what it is and its SHA-256.

    `progress` may raise ExportCancelled; nothing is kept then, and the log says so. Raises what
    `hand_out_record` raises, PasswordWeak.
    """
    handed = hand_out_record(desk, patient, chosen.asked, form=chosen.form.value)
    return make_file(desk, handed, chosen, progress)


def make_file(
    desk: Desk, handed: HandedOut, chosen: Chosen, progress: Progress = nobody_waits
) -> Made:
    """The same from what was handed out already."""
    patient, form = handed.record.patient, chosen.form
    try:
        issuing = issue(desk, handed, chosen.asked, chosen.letter, progress)
        kind = KINDS[form]
        content = kind.draw(issuing, chosen.words, progress)
        called = issuing.document.called
        leaving = _Leaving(f"medilink-{called}{kind.ending}", kind.media, kind.container, content)
        if chosen.password:
            signed = sealed(desk, issuing.issued, *leaving[2:], form.value)
            leaving = _locked(leaving, signed, chosen.password)
        content = seal_file(
            desk,
            patient.id,
            issuing.issued,
            leaving.container,
            leaving.content,
            form=form.value,
            locked=bool(chosen.password),
            read=handed.read,
        )
    except BaseException as trouble:  # also when the page is left: the run just ends
        log_unfinished(desk, patient.id, form.value, why_unfinished(trouble))
        raise
    copy = _copy(desk, issuing, chosen.words) if chosen.letter else b""
    return Made(leaving.name, leaving.media, content, called, bool(chosen.password), copy)


def _copy(desk: Desk, issuing: Issuing, words: Wording) -> bytes:
    """A letter as it is filed. The record that goes along with it is there already; a copy of it in
    every letter, and of every letter in it, would double with each."""
    alone = replace(issuing, proof=replace(issuing.proof, record=b""))
    paper = draw_paper(alone, words, nobody_waits)
    return sealed(desk, issuing.issued, Container.PDF, paper, Form.PDF.value)


class _Leaving(NamedTuple):
    """A file on its way. Its name is the document's number: it names nobody."""

    name: str
    media: str
    container: Container
    content: bytes


def _locked(leaving: _Leaving, signed: bytes, password: str) -> _Leaving:
    """The same behind a password: a PDF locks itself, anything else goes into a locked zip with the
    seal it would have had alone."""
    if leaving.container is Container.PDF:
        return leaving._replace(content=lock_pdf(leaving.content, password))
    packed = lock_zip(leaving.name, signed, password)
    return _Leaving(f"{leaving.name}.zip", "application/zip", Container.ZIP, packed)


def why_unfinished(trouble: BaseException) -> str:
    """A short, stable word for the log; nothing of what was in the file."""
    if isinstance(trouble, MediLinkError):
        return trouble.code
    return "failed" if isinstance(trouble, Exception) else "cancelled"


def issue(
    desk: Desk,
    handed: HandedOut,
    asked: Asked,
    letter: Sequence[LetterPart] = (),
    progress: Progress = nobody_waits,
) -> Issuing:
    """The document, and the record in it signed."""
    who = desk.who.title
    document = ClinicalDocument(
        handed,
        asked,
        new_number(),
        author=who,
        standing=handed.standings.get(who, ""),
        letter=tuple(letter),
    )
    said: list[tuple[Issued, str]] = []

    def prove(digest: bytes) -> str:
        said.append(say_issued(desk, document.number, asked.purpose, digest))
        return said[0][1]

    sink, key = io.BytesIO(), own_key(desk)
    key_words = " ".join(fingerprint_words(key))
    issuer = Issuer(handed.clinic, key, key_words, handed.log_head)
    digest = write_record_file(document, issuer, prove, sink, progress)
    issued, text = said[0]
    record = sealed(desk, issued, Container.JSON, sink.getvalue(), form=Form.JSON.value)
    proof = Proof(text, document_words(digest), key_words, record)
    look = Look(handed.clinic, logo_here(desk), desk.clinic.accent or DEFAULT_ACCENT)
    return Issuing(document, issued, proof, look)

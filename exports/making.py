"""The walk of an export: what the gate lets through → one document → one form → signed and sealed.

hand_out_record (the right, the log) → ClinicalDocument → a renderer → seal_file (the log again)
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exports.document import ClinicalDocument, LetterPart, Proof
from exports.fhir import write_bundle
from exports.record_file import Issuer, Progress, nobody_waits, write_record_file
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
from medilink.desk import Desk
from medilink.errors import MediLinkError
from medilink.handing_out import Asked, HandedOut
from medilink.people import PatientId
from medilink.proving import Container, document_words
from medilink.statements import Issued
from security.node_keys import fingerprint_words


class Form(StrEnum):
    """The kinds of file a document may be. The value stands in the log and in seals."""

    PDF = "PDF"
    JSON = "MediLink JSON"
    CSV = "CSV"
    EXCEL = "Excel"
    FHIR = "FHIR R4"
    IPS = "IPS"


@dataclass(frozen=True, slots=True)
class Made:
    """A file that may leave. `number`: of the document, as it is printed."""

    name: str
    media: str
    content: bytes
    number: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Issuing:
    """A document with the record in it signed: what renderers are given."""

    document: ClinicalDocument
    issued: Issued
    proof: Proof


def make_export(  # noqa: PLR0913 what somebody chooses, each named by the caller
    desk: Desk,
    patient: PatientId,
    asked: Asked,
    form: Form,
    words: Wording,
    *,
    letter: Sequence[LetterPart] = (),
    password: str = "",
    progress: Progress = nobody_waits,
) -> Made:
    """One file of a record, signed and sealed, in the log with what it is and its SHA-256.

    `progress` may raise ExportCancelled; nothing is kept then, and the log says so. Raises what
    `hand_out_record` raises, PasswordTooWeak.
    """
    handed = hand_out_record(desk, patient, asked, form=form.value)
    return make_file(
        desk, handed, asked, form, words, letter=letter, password=password, progress=progress
    )


def make_file(  # noqa: PLR0913 what somebody chooses, each named by the caller
    desk: Desk,
    handed: HandedOut,
    asked: Asked,
    form: Form,
    words: Wording,
    *,
    letter: Sequence[LetterPart] = (),
    password: str = "",
    progress: Progress = nobody_waits,
) -> Made:
    """The same from what was handed out already."""
    patient = handed.record.patient
    try:
        issuing = issue(desk, handed, asked, letter, progress)
        kind = KINDS[form]
        content = kind.draw(issuing, words, progress)
        container = kind.container
        content = seal_file(
            desk,
            patient.id,
            issuing.issued,
            container,
            content,
            form=form.value,
            locked=bool(password),
        )
    except BaseException as trouble:  # also when the page is left: the run just ends
        log_unfinished(desk, patient.id, form.value, _why(trouble))
        raise
    called = issuing.document.called
    name = f"{patient.medilink_id}-{called}{kind.ending}"
    return Made(name, kind.media, content, called, bool(password))


def _why(trouble: BaseException) -> str:
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
    return Issuing(document, issued, Proof(text, document_words(digest), key_words, record))


# ---- forms


Draw = Callable[[Issuing, Wording, Progress], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one form is drawn, and what the browser is told of it."""

    draw: Draw
    container: Container
    ending: str
    media: str


def _record(issuing: Issuing, _words: Wording, _progress: Progress) -> bytes:
    return issuing.proof.record


def _bundle(issuing: Issuing, _words: Wording, _progress: Progress) -> bytes:
    return write_bundle(issuing.document.handed)


KINDS: dict[Form, Kind] = {
    Form.JSON: Kind(_record, Container.JSON, ".json", "application/json"),
    Form.FHIR: Kind(_bundle, Container.FHIR, ".fhir.json", "application/fhir+json"),
}

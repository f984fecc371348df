"""The kinds of file a document may be, and how each is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from exports.document import ClinicalDocument, Proof
from exports.fhir import write_bundle
from exports.ips import write_ips
from exports.record_csv import write_csv_zip
from exports.record_file import Progress
from exports.record_look import Look
from exports.record_pdf import draw_record
from exports.record_xlsx import draw_workbook
from exports.wording import Wording
from medilink.proving import Container
from medilink.statements import Issued


class Form(StrEnum):
    """The kinds of file a document may be. The value stands in the log and in seals."""

    PDF = "PDF"
    JSON = "MediLink JSON"
    CSV = "CSV"
    EXCEL = "Excel"
    FHIR = "FHIR R4"
    IPS = "IPS"


@dataclass(frozen=True, slots=True)
class Issuing:
    """A document with the record in it signed, and how the clinic's papers look: what renderers
    are given."""

    document: ClinicalDocument
    issued: Issued
    proof: Proof
    look: Look


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


def _tables(issuing: Issuing, words: Wording, progress: Progress) -> bytes:
    sink = io.BytesIO()
    write_csv_zip(issuing.document, issuing.proof, words, sink, progress)
    return sink.getvalue()


def _workbook(issuing: Issuing, words: Wording, progress: Progress) -> bytes:
    return draw_workbook(issuing.document, issuing.proof, words, progress)


_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _summary(issuing: Issuing, words: Wording, _progress: Progress) -> bytes:
    return write_ips(issuing.document, words)


def draw_paper(issuing: Issuing, words: Wording, progress: Progress) -> bytes:
    return draw_record(issuing.document, issuing.proof, words, issuing.look, progress)


KINDS: dict[Form, Kind] = {
    Form.PDF: Kind(draw_paper, Container.PDF, ".pdf", "application/pdf"),
    Form.IPS: Kind(_summary, Container.FHIR, ".ips.json", "application/fhir+json"),
    Form.CSV: Kind(_tables, Container.ZIP, ".zip", "application/zip"),
    Form.EXCEL: Kind(_workbook, Container.ZIP, ".xlsx", _EXCEL),
    Form.JSON: Kind(_record, Container.JSON, ".json", "application/json"),
    Form.FHIR: Kind(_bundle, Container.FHIR, ".fhir.json", "application/fhir+json"),
}

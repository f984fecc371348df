"""FHIR DocumentReference and DiagnosticReport: pictures and PDFs, and what a report concludes.

Only what is in the file itself can be kept, and only what may be attached to a record at all
(`medilink.attachments`); a link to elsewhere, a text or a sound stays as it was received.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from hashlib import sha256

from medilink.attachments import check_attachment
from medilink.errors import FileHoldsAProgram, FileNotAPicture, FileTooBig
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_observations import chosen_code
from medilink.intake.fhir_setting import Setting, Written, written
from medilink.intake.fhir_values import (
    Json,
    Wrong,
    concept,
    concepts,
    fitting,
    note,
    part,
    parts,
    text,
)
from medilink.records import Document, Entry, Observation, Section

_REPORTED = ("", "registered", "partial", "preliminary", "final", "amended", "corrected",
             "appended", "unknown")  # fmt: skip


def read_document(piece: Piece, setting: Setting) -> Iterable[Document]:
    """The pictures and PDFs of a document that still holds. Raises Wrong."""
    content = piece.content
    if text(content, "status") == "superseded":
        return
    told = written(piece, setting, ("date",), ("author", "authenticator"))
    kind = concept(content, "type").words
    title = fitting("description", note(content, "description"))
    sheets = [part(held, "attachment") for held in parts(content, "content")]
    yield from _sheets(piece, setting, told, sheets, (title or kind, kind))


def read_report(piece: Piece, setting: Setting) -> Iterable[Entry]:
    """What a report concludes, as a result in words, and the report itself where the file holds
    it. Its single results are Observations of their own. Raises Wrong."""
    content = piece.content
    if text(content, "status") not in _REPORTED:
        return
    asked = concept(content, "code")
    dates = ("effectiveDateTime", "effectivePeriod", "issued")
    told = written(piece, setting, dates, ("resultsInterpreter", "performer"))
    said = note(content, "conclusion")
    said = said or "; ".join(code.words for code in concepts(content, "conclusionCode"))
    if said and not asked.words:
        raise Wrong("It does not say what was reported on (code).")
    if said:
        yield Observation(
            uid=setting.uid(piece),
            at=told.at,
            section=Section.RESULTS,
            code=chosen_code(asked),
            name=asked.words,
            text=said,
            encounter=told.encounter,
            author=told.author,
            origin=told.origin,
            status="final",
        )
    sheets = parts(content, "presentedForm")
    yield from _sheets(piece, setting, told, sheets, (asked.words, asked.words))


def _sheets(
    piece: Piece, setting: Setting, told: Written, sheets: list[Json], named: tuple[str, str]
) -> Iterable[Document]:
    """One Document for each attachment that can be kept. `named`: its title and kind."""
    for number, sheet in enumerate(sheets, start=1):
        body = _kept(bytes_of(sheet, piece, setting))
        if not body:
            continue
        first = number == 1 and piece.kind == "DocumentReference"
        uid = setting.uid(piece, "" if first else f"sheet {number}")
        setting.attached[uid] = body[1]
        yield Document(
            uid=uid,
            at=told.at,
            title=named[0] or text(sheet, "title") or "Document",
            encounter=told.encounter,
            author=told.author,
            origin=told.origin,
            kind=named[1],
            media=body[0],
            size=len(body[1]),
            digest=sha256(body[1]).hexdigest(),
        )


def bytes_of(sheet: Json, piece: Piece, setting: Setting) -> bytes:
    """The bytes of an attachment: in it, or in a Binary of the same file. Raises Wrong."""
    data = sheet.get("data")
    if data is None and isinstance(sheet.get("url"), str):
        pointed = setting.links.resource({"reference": sheet["url"]}, piece)
        data = pointed.get("data") if pointed else None
    if data is None:
        return b""
    if not isinstance(data, str):
        raise Wrong("data is not a text.")
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Wrong("data is not base64.") from None


def _kept(body: bytes) -> tuple[str, bytes] | None:
    """An attachment as it may be kept: its type by content, and its bytes."""
    if not body:
        return None
    try:
        return check_attachment(body)
    except (FileTooBig, FileNotAPicture, FileHoldsAProgram):
        return None

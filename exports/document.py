"""One clinical document, built once from what the gate let through; every form is drawn from it.

Renderers only render: what is in a document, and what is not, was decided when it was built.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.handing_out import Asked, HandedOut
from medilink.people import Patient, base32
from medilink.records import Record

NUMBER_BYTES = 5
_NUMBER_LETTERS = 8


@dataclass(frozen=True, slots=True)
class LetterPart:
    """A part of a letter as its author signed it: a heading, and paragraphs of plain text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class ClinicalDocument:
    """What leaves. `number`: five bytes by which it is found again in the log. `author`: who made
    it, as the log names them; `standing`: how their licence stands, in words, where they have one.
    `letter`: what a provider wrote for whoever receives it; empty for copies."""

    handed: HandedOut
    asked: Asked
    number: bytes
    author: str
    standing: str = ""
    letter: tuple[LetterPart, ...] = ()

    @property
    def record(self) -> Record:
        """What it says."""
        return self.handed.record

    @property
    def patient(self) -> Patient:
        """Whom it is about."""
        return self.handed.record.patient

    @property
    def called(self) -> str:
        """Its number as it is printed."""
        return number_text(self.number)


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands on a document so that it can be checked. `text`: the signed statement, for a QR
    code; `document_words`: six words of what was signed; `key_words`: six words of the key that
    signed it; `record`: the whole signed record as a file of its own (`exports.record_file`)."""

    text: str
    document_words: str
    key_words: str
    record: bytes


def number_text(number: bytes) -> str:
    """A document's number in eight letters: "K7PM-3QXE"."""
    letters = base32(int.from_bytes(number), _NUMBER_LETTERS)
    return f"{letters[:4]}-{letters[4:]}"

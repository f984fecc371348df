"""Records on paper as pictures: `python -m tests.rules.pdf_gallery docs/pictures`.

Made-up people only. The same page drawing serves whoever wants to look at other records.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
from PIL import Image

from exports.document import ClinicalDocument, LetterPart, Proof
from exports.record_look import Look
from exports.record_pdf import draw_record
from medilink.handing_out import EVERYTHING_ASKED, Asked, HandedOut, Purpose
from medilink.people import Sex
from medilink.records import Record
from tests.made_records import made_up_records
from ui import words as catalogue

MADE_AT = int(datetime(2026, 11, 21, 9, 30, tzinfo=UTC).timestamp() * 1000)
TODAY = date(2026, 11, 21)
NUMBER = bytes(range(1, 6))
SIX_WORDS = "acid bubble cargo drift eagle fabric"
PROOF = Proof(
    "MLV:" + "A1B2C3D4E5" * 25, SIX_WORDS, "gadget harbor ivory jungle kettle lemon", b"{}"
)
STANDING = "verified"
PLAIN = Look("Kisumu Clinic", accent="#000000")
SHARPNESS = 1.25  # × 72 dots an inch: a page of A4 is 744 dots wide


@dataclass(frozen=True, slots=True)
class Spoken:
    """The catalogues of the pages as the words of a document."""

    language: str = "en"

    @property
    def locale(self) -> str:
        self._speak()
        return catalogue.spoken_locale()

    def _speak(self) -> None:
        catalogue.speak(self.language)

    def say(self, text: str, **facts: object) -> str:
        self._speak()
        return catalogue.say(text, **facts)

    def say_many(self, one: str, many: str, number: int, **facts: object) -> str:
        self._speak()
        return catalogue.say_many(one, many, number, **facts)

    def say_kept(self, kept: str) -> str:
        self._speak()
        return catalogue.say_kept(kept)

    def say_number(self, number: str) -> str:
        self._speak()
        return catalogue.say_number(number)


def document_of(
    record: Record,
    asked: Asked = EVERYTHING_ASKED,
    letter: tuple[LetterPart, ...] = (),
    **more: object,
) -> ClinicalDocument:
    """A record as a doctor of Kisumu Clinic would take it along."""
    author = "Dr Grace Achieng (doctor)"
    written = {entry.author for entry in record.entries() if entry.author}
    standings = dict.fromkeys({author, *sorted(written)[:3]}, STANDING)
    handed = HandedOut(record, "Kisumu Clinic", MADE_AT, standings=standings, **more)  # type: ignore[arg-type]
    return ClinicalDocument(handed, asked, NUMBER, author, STANDING, letter)


def pages_of(pdf: bytes, sharpness: float = SHARPNESS) -> Iterator[Image.Image]:
    """Every page as a picture."""
    opened = pypdfium2.PdfDocument(pdf)
    for page in opened:
        yield page.render(scale=sharpness).to_pil().convert("RGB")
    opened.close()


def contact_sheet(pages: list[Image.Image], in_a_row: int = 4) -> Image.Image:
    """Pages beside each other, to be looked over."""
    wide, high = pages[0].size
    rows = -(-len(pages) // in_a_row)
    sheet = Image.new("RGB", (wide * min(in_a_row, len(pages)), high * rows), "grey")
    for place, page in enumerate(pages):
        sheet.paste(page, (place % in_a_row * wide, place // in_a_row * high))
    return sheet


def _gallery() -> Iterator[tuple[str, bytes]]:
    people = list(made_up_records(3, 40, TODAY))
    child = max(people, key=lambda r: (r.patient.details.birth_date > "2022", len(r.entries())))
    grown = max(people, key=lambda r: (r.patient.details.birth_date < "1990", len(r.entries())))
    look = Look("Kisumu Clinic", accent="#0b5d6b")
    yield "pdf-child", draw_record(document_of(child), PROOF, Spoken("en"), look)
    letter = (
        LetterPart(
            "Question", "Please look at the blood pressure, which stays high on two medicines."
        ),
    )
    referral = document_of(grown, Asked(Purpose.REFERRAL, language="fr"), letter)
    yield "pdf-referral", draw_record(referral, PROOF, Spoken("fr"), look)
    others = (one for one in people if one not in (child, grown))
    third = max(others, key=lambda r: (r.patient.details.sex is Sex.FEMALE, len(r.entries())))
    yield (
        "pdf-copy",
        draw_record(document_of(third, Asked(language="sw")), PROOF, Spoken("sw"), look),
    )
    named = replace(third.patient.details, given="አበበች", family="الحسن")
    scripts = replace(third, patient=replace(third.patient, details=named))
    yield "pdf-scripts", draw_record(document_of(scripts), PROOF, Spoken("en"), PLAIN)


def main(folder: Path) -> None:
    """The first two pages and the last of each."""
    for name, pdf in _gallery():
        pages = list(pages_of(pdf, 1.0))
        chosen = [*pages[:2], pages[-1]] if len(pages) > 2 else pages
        sheet = contact_sheet(chosen, len(chosen))
        sheet.quantize(48, method=Image.Quantize.FASTOCTREE).save(
            folder / f"{name}.png", optimize=True
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

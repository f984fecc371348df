"""Documents to make patient summaries of, and what is looked at in them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_type_hints

from exports.document import ClinicalDocument, LetterPart
from exports.ips import write_ips
from exports.ips_sections import chapters_of
from exports.wording import English
from medilink.handing_out import EVERYTHING_ASKED, HandedOut
from medilink.people import PatientDetails, Sex
from medilink.person_entries import Profile
from medilink.records import PLACE_OF, Record, Section
from tests.made_records import registered, whole_record
from tests.rules.fhir_bundles import FILES
from tests.rules.fhir_survival import brought_in, handed_out

MADE_AT = 1_772_438_400_000  # 2026-03-02T08:00:00Z
NUMBER = b"\x01\x02\x03\x04\x05"


def document_of(handed: HandedOut, letter: tuple[LetterPart, ...] = ()) -> ClinicalDocument:
    """A document by a doctor."""
    return ClinicalDocument(
        handed, EVERYTHING_ASKED, NUMBER, "Amina Otieno (doctor)", "licence checked", letter
    )


def summary(handed: HandedOut) -> dict[str, Any]:
    """The summary as a program reads it."""
    read: dict[str, Any] = json.loads(write_ips(document_of(handed), English()))
    return read


@cache
def of_corpora() -> tuple[tuple[Path, HandedOut], ...]:
    """Every patient of the corpora, through a real store."""
    found = []
    for path in FILES:
        with TemporaryDirectory() as folder:
            clinic = brought_in(Path(folder), path.name, path.read_bytes())
            found.append((path, handed_out(clinic)))
            clinic.store.close()
    return tuple(found)


def as_written_here(handed: HandedOut) -> HandedOut:
    """The same record as if everything of it had been written here."""
    return replace(handed, originals=(), known_as=("", ""))


def handed(record: Record, **more: Any) -> HandedOut:
    """A record as it is handed out."""
    return HandedOut(record, "Kisumu Clinic", MADE_AT, **more)


def empty_record(given: str = "Wanjiku") -> Record:
    """Somebody of whom nothing is written."""
    details = PatientDetails(given=given, family="", sex=Sex.UNKNOWN)
    return whole_record(registered("urn:x|1", details, 1), [])


# What is chosen from a list, and not typed.
CHOSEN = {"severity": "", "certainty": "", "criticality": "", "donor": "", "reach": "", "photo": "",
          "media": "image/png", "digest": "", "level": "", "blood": "", "language": "",
          "code": "X1", "system": "urn:x", "prescriber": ""}  # fmt: skip
NUMBERS = {"low": "", "high": "", "value": "", "until": ""}


def record_saying(said: str) -> Record:
    """A record with an entry of each kind, in which everything typed says one thing."""
    made = []
    for number, kind in enumerate(PLACE_OF, start=1):
        for section in (Section.VITALS, Section.RESULTS):
            uid = (number * 2 + (section is Section.VITALS)).to_bytes(16)
            typed = dict.fromkeys(
                (n for n, hint in get_type_hints(kind).items() if hint is str), said
            )
            fields: dict[str, Any] = typed | {
                name: value for name, value in (CHOSEN | NUMBERS).items() if name in typed
            }
            fields |= {"status": "active" if kind is not Profile else ""} | {"uid": uid, "at": 0}
            if "section" in kind._fields:
                fields |= {"section": section, "status": ""}
            if kind.__name__ in ("Immunization", "Procedure", "Encounter"):
                fields |= {"status": ""}
            made.append(kind(**fields))
    person = empty_record().patient
    return whole_record(person, made)


def told_in(handed: HandedOut) -> Counter[tuple[str, ...]]:
    """Everything a summary claims to carry: section, kind, field and value."""
    beside = ("uid", "encounter", "recorded", "replaces", "doubted")
    return Counter(
        (chapter.code, type(entry).__name__, name, str(value))
        for chapter in chapters_of(handed)
        for entry in chapter.entries
        for name, value in entry._asdict().items()
        if name not in beside and value not in ("", None)
    )

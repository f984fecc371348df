"""Clinical documents for tests of what is drawn from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from exports.document import ClinicalDocument, LetterPart, Proof
from medilink.handing_out import (
    EVERYTHING_ASKED,
    EVERYTHING_WANTED,
    Asked,
    HandedOut,
    cut_to,
    wanted_of,
)
from medilink.people import Patient, PatientDetails, Sex
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Contact,
    Coverage,
    Document,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Observation,
    Procedure,
    Profile,
    Record,
    Section,
)
from tests.made_records import registered, whole_record

MADE_AT = 1_772_438_400_123  # 2026-03-02 08:00 UTC
VISIT_AT = 1_771_000_000_000
PROOF = Proof(
    text="MLV:" + "A1B2C3" * 30,
    document_words="acid bubble cargo drift eagle fabric",
    key_words="garden hammer island jacket kettle lemon",
    record=b'{"medilink": "record", "kept": "37.10"}',
)
PAPER = b"%PDF-1.4 not really"
NOT_A_PICTURE = b"this is no picture"
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \x00\x07 +1;=2\n@x \ud800 \u202e {0} %s"


def uid(number: int) -> bytes:
    return number.to_bytes(16, "big")


def whom() -> Patient:
    details = PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE, "1984-05-23", phone="+254712345678")
    return registered("exported", details, 17)


def one_of_each() -> list[Entry]:
    """An entry of every kind, each with all its texts."""
    by = {"author": "Amina Otieno (doctor)", "origin": "Kisumu Clinic"}
    known = {"code": "C", "system": "urn:s", **by}
    return [
        Alert(uid(1), VISIT_AT, "Deaf", level="high", **by),
        Allergy(uid(2), 0, "Eggs", "rash", "mild", certainty="unconfirmed", **known),
        Condition(uid(3), VISIT_AT, "Asthma", course="chronic", encounter=uid(7), **known),
        Medication(uid(4), VISIT_AT, "Salbutamol", "2 puffs", frequency="BD", **known),
        Observation(uid(5), VISIT_AT, Section.VITALS, "8310-5", "Temperature", "37.10", "C", **by),
        Observation(uid(6), VISIT_AT - 9_000, Section.VITALS, "8310-5", "Temperature", "-5", "C"),
        Observation(uid(16), VISIT_AT, Section.RESULTS, "718-7", "Haemoglobin", "11.2", "g/dL",
                    low="12.00", high="16", **by),
        Observation(uid(17), VISIT_AT, Section.RESULTS, "x", "Viral load", text="<20 copies/mL"),
        Encounter(uid(7), VISIT_AT, "Consultation", "fever", "Malaria", "fluids", "rest\nand drink",
                  history="three days", examination="hot", plan="test", follow_up="in a week"),
        Immunization(uid(8), VISIT_AT, "Measles", "1", lot="A7", site="left arm", **known),
        Procedure(uid(9), VISIT_AT, "Suture", "completed", outcome="healed", **known),
        Document(uid(10), VISIT_AT, "Letter: ../../evil\u202efdp.exe", kind="Letter",
                 media="application/pdf", size=len(PAPER), digest="5a" * 32, **by),
        Document(uid(11), VISIT_AT, "Scan", media="image/jpeg", size=9, **by),
        Contact(uid(12), VISIT_AT, "Njeri", "sister", "0722000111", 1, **by),
        Coverage(uid(13), VISIT_AT, "SHA", "M-1", "Gold", "2030", **by),
        Profile(uid(14), VISIT_AT, blood="A-", donor="yes", language="sw", photo=uid(15).hex()),
    ]  # fmt: skip


def document_of(
    entries: Iterable[Entry],
    asked: Asked = EVERYTHING_ASKED,
    *,
    versions: tuple[Entry, ...] = (),
    letter: tuple[LetterPart, ...] = (),
) -> ClinicalDocument:
    record = replace(whole_record(whom(), entries), versions=versions)
    return of_record(
        cut_to(record, asked.sections, wanted_of(record, asked, EVERYTHING_WANTED)),
        asked,
        letter=letter,
    )


def of_record(
    record: Record, asked: Asked = EVERYTHING_ASKED, *, letter: tuple[LetterPart, ...] = ()
) -> ClinicalDocument:
    held = {uid(10): PAPER, uid(11): NOT_A_PICTURE, uid(15): NOT_A_PICTURE}
    here = {one.uid for one in record.documents} | {
        bytes.fromhex(one.photo) for one in record.profiles if len(one.photo) == 32
    }
    bodies = {name: body for name, body in held.items() if name in here}
    handed = HandedOut(record, "Kisumu Clinic", MADE_AT, bodies=bodies)
    return ClinicalDocument(handed, asked, b"12345", "Amina Otieno (doctor)", letter=letter)

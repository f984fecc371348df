"""Letters: what a draft says of a real visit, what is new since the last one, one page, and the
copy that is filed."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from exports.letter_kinds import PARTS_OF, Part
from exports.letter_page import ONE_PAGE_LINES, lines_of
from exports.letters import Author, as_letter, draft_parts
from exports.wording import English
from medilink.acts.documents import add_document
from medilink.acts.letters import Begun, begin_letter
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.standing import share_with
from medilink.acts.write_record import add_entry, correct_entry, end_entry, state_absence
from medilink.acts.write_results import add_result
from medilink.acts.write_visit import write_visit
from medilink.desk import Desk
from medilink.handing_out import LETTERS, Asked, Purpose
from medilink.laboratory import check_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import PatientDetails, PatientId, Sex
from medilink.records import ALL_SECTIONS, Alert, Condition, Encounter, Medication, Section
from medilink.scopes import Scope
from medilink.sensitive import categories_in_text
from medilink.summing_up.summary import sum_up
from medilink.visits import NewVisit, Prescribed
from tests.clinics import TestClinic, own_id
from ui.parts.choose_parts import SENSITIVE_WORDS
from ui.words import languages
from ui.words.wording import DocumentWords

UPPER, LOWER = "8480-6", "8462-4"


@pytest.fixture
def carer(clinic: TestClinic) -> Desk:
    desk = clinic.provider()
    record_patient_is_here(desk, clinic.register().patient.id, "visit")
    return desk


WHO = PatientId(1)


def visit(clinic: TestClinic, carer: Desk, days_later: int = 0, **typed: object) -> None:
    if days_later:
        clinic.clock.forward(days=days_later)
        record_patient_is_here(carer, WHO, "visit")
    write_visit(carer, WHO, NewVisit(**typed))  # type: ignore[arg-type]


def drafted(carer: Desk, purpose: Purpose, asked: Asked | None = None) -> dict[Part, str]:
    begun = begin_letter(carer, WHO, asked or Asked(purpose))
    author = Author(carer.who.title, carer.clinic.name)
    return draft_parts(purpose, begun.summary, English(), author)


def begun(carer: Desk, purpose: Purpose = Purpose.SUMMARY) -> Begun:
    return begin_letter(carer, WHO, Asked(purpose))


def test_a_referral_tells_of_the_visit_the_pressure_and_what_was_tried(
    clinic: TestClinic, carer: Desk
) -> None:
    for number, upper in enumerate(("142", "149", "158", "166")):
        last = number == 3
        visit(
            clinic,
            carer,
            30 if number else 0,
            reason="headache" if last else "control",
            examination="heart sounds normal" if last else "",
            diagnoses=("Hypertension",),
            treatment="salt less" if last else "",
            medications=(Prescribed("Amlodipine", f"{5 * number + 5} mg", "once a day"),),
            vitals={UPPER: upper, LOWER: "95"},
        )
    told = drafted(carer, Purpose.REFERRAL)
    assert told[Part.REASON] == told[Part.TO] == ""
    findings = told[Part.FINDINGS]
    assert "Visit on 31 May 2026, Consultation: headache" in findings
    assert "Examination: heart sounds normal" in findings
    assert "Blood pressure 166/95 mmHg (high)" in findings
    assert (
        "Blood pressure, upper: rising over 4 visits, from 142 mmHg (2 Mar 2026) to 166 mmHg"
        " (31 May 2026). It is now above what is usual (90–140)."
    ) in findings
    assert "Treatment: salt less" in told[Part.DONE]
    assert "Takes now: Amlodipine, 20 mg, once a day" in told[Part.MEDICINES]
    assert told[Part.REPLY] == "Amina Otieno (doctor), Kisumu Clinic"


def test_what_is_new_since_the_last_visit_is_told_once(clinic: TestClinic, carer: Desk) -> None:
    visit(
        clinic,
        carer,
        reason="cough",
        diagnoses=("Asthma", "Pneumonia"),
        medications=(
            Prescribed("Amoxicillin", "500 mg"),
            Prescribed("Salbutamol", "2 puffs"),
            Prescribed("Metformin", "500 mg"),
        ),
    )
    add_entry(carer, WHO, Section.ALLERGIES, {"substance": "Eggs"})
    clinic.clock.forward(days=14)
    record_patient_is_here(carer, WHO, "visit")
    record = open_record(carer, WHO).record
    pneumonia = next(one for one in record.conditions if one.name == "Pneumonia")
    amoxicillin = next(one for one in record.medications if one.name == "Amoxicillin")
    metformin = next(one for one in record.medications if one.name == "Metformin")
    end_entry(carer, WHO, pneumonia)
    end_entry(carer, WHO, amoxicillin, "rash")
    end_entry(carer, WHO, metformin, "too little")
    add_entry(carer, WHO, Section.MEDICATIONS, {"name": "Metformin", "dose": "1 g"})
    eggs = record.allergies[0]
    correct_entry(carer, WHO, eggs, {"substance": "Eggs", "reaction": "rash"}, why="told")
    add_entry(carer, WHO, Section.ALLERGIES, {"substance": "Amoxicillin", "since": "2026-03"})
    haemoglobin = TEST_BY_CODE["718-7"]
    add_result(carer, WHO, haemoglobin, check_result(haemoglobin, "8.4"))
    visit(clinic, carer, reason="follow-up")
    new = drafted(carer, Purpose.SUMMARY)[Part.NEW].splitlines()
    assert new[0] == "New since the visit on 2 Mar 2026:"
    assert "No longer a problem: Pneumonia" in new
    assert "Stopped: Amoxicillin, 500 mg. Reason: rash" in new
    assert "Changed: Metformin, 500 mg is now Metformin, 1 g" in new
    assert [line for line in new if line.startswith("New allerg")] == ["New allergy: Amoxicillin"]
    assert any(line.startswith("New result: Haemoglobin 8.4 g/dL (low") for line in new)
    assert not any("Salbutamol" in line or "Asthma" in line for line in new)


def test_an_old_entry_told_today_is_new_and_a_medicine_given_again_is_not(
    clinic: TestClinic, carer: Desk
) -> None:
    drug = Prescribed("Salbutamol", "2 puffs")
    visit(clinic, carer, reason="asthma", medications=(drug,))
    visit(clinic, carer, 20, reason="asthma", medications=(drug,))
    add_entry(carer, WHO, Section.ALLERGIES, {"substance": "Penicillin", "since": "2009"})
    new = drafted(carer, Purpose.SUMMARY)[Part.NEW]
    assert new == "New since the visit on 2 Mar 2026:\nNew allergy: Penicillin"


def test_none_known_not_asked_and_not_seen_are_three_things(
    clinic: TestClinic, carer: Desk
) -> None:
    assert (
        "No allergies are written in what the author saw."
        in (drafted(carer, Purpose.REFERRAL)[Part.MEDICINES])
    )
    state_absence(carer, WHO, Section.ALLERGIES)
    assert "No known allergies" in drafted(carer, Purpose.REFERRAL)[Part.MEDICINES]
    asked = Asked(Purpose.REFERRAL, ALL_SECTIONS - {Section.ALLERGIES})
    told = drafted(carer, Purpose.REFERRAL, asked)
    assert "llerg" not in told[Part.MEDICINES]
    assert told[Part.LIMITS] == "Left out by the author: Allergies"


def test_a_child_is_told_its_vaccines_only_where_all_of_them_can_be_seen(
    clinic: TestClinic,
) -> None:
    slip = clinic.register(details=PatientDetails("Otieno", "Ouma", Sex.MALE, "2025-12-01"))
    carer = clinic.provider()
    record_patient_is_here(carer, slip.patient.id, "visit")
    assert slip.patient.id == WHO
    assert "Vaccines due: BCG" in drafted(carer, Purpose.DISCHARGE)[Part.FOLLOW_UP]
    for unsure in (
        Asked(Purpose.DISCHARGE, since=1),
        Asked(Purpose.DISCHARGE, sensitive=frozenset()),
        Asked(Purpose.DISCHARGE, ALL_SECTIONS - {Section.IMMUNISATIONS}),
    ):
        assert drafted(carer, Purpose.DISCHARGE, unsure)[Part.FOLLOW_UP] == ""
    doubting = replace(carer, doubted=True)
    assert drafted(doubting, Purpose.DISCHARGE)[Part.FOLLOW_UP] == ""


def test_the_longest_record_still_fits_one_page(clinic: TestClinic, carer: Desk) -> None:
    visit(clinic, carer, reason="cough")
    record = begun(carer).opened.record
    words = "rather a long name of something that somebody wrote down"
    now = clinic.desk.now
    stamps = [(bytes([number]) * 16, now - number * 90_000_000) for number in range(60)]
    full = replace(
        record,
        alerts=tuple(Alert(uid, at, words) for uid, at in stamps[:4]),
        conditions=tuple(Condition(uid, at, f"{at} {words}") for uid, at in stamps),
        medications=tuple(Medication(uid, at, f"{at} {words}") for uid, at in stamps[:12]),
        encounters=tuple(Encounter(uid, at, "Visit", words * 9, words * 9) for uid, at in stamps),
    )
    summary = sum_up(full, Purpose.SUMMARY, now)
    told = draft_parts(Purpose.SUMMARY, summary, English(), Author("Dr", "Clinic"))
    lines = {part: text.splitlines() for part, text in told.items()}
    assert lines_of(lines) <= ONE_PAGE_LINES
    assert all(str(at) in told[Part.PROBLEMS] for _, at in stamps[:12])


@pytest.mark.parametrize("purpose", LETTERS)
def test_a_letter_has_no_empty_part(carer: Desk, purpose: Purpose) -> None:
    letter = as_letter(drafted(carer, purpose), purpose, English())
    assert all(part.text.strip() and part.heading for part in letter)
    assert len(letter) < len(PARTS_OF[purpose])


def test_the_title_of_a_copy_holds_it_back_from_whoever_may_not_see_it() -> None:
    for language in languages():
        words = DocumentWords(language)
        for category, named in SENSITIVE_WORDS.items():
            assert category in categories_in_text(words.say(named)), (language, named)


def test_a_copy_that_speaks_of_a_private_matter_is_held_back_by_its_title(
    clinic: TestClinic, carer: Desk
) -> None:
    out = io.BytesIO()
    Image.new("L", (40, 40), 255).save(out, "PNG")
    patient, named = clinic.patient(), clinic.provider("Named")
    who = own_id(patient)
    record_patient_is_here(carer, who, "visit")
    for title in ("Referral to the hospital · HIV", "Referral to the eye clinic"):
        add_document(carer, who, title=title, kind="Referral", body=out.getvalue())
    share_with(patient, named.who.id, Scope(frozenset({Section.DOCUMENTS})))
    [seen] = open_record(named, who).record.documents
    assert (seen.title, seen.kind) == ("Referral to the eye clinic", "Referral")

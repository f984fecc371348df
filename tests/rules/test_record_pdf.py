"""A record on paper: everything is there, in any script, on pages that say how many they are."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from exports.document import ClinicalDocument, LetterPart
from exports.record_look import DEFAULT_ACCENT, READABLE, Look, contrast_with_white
from exports.record_pdf import draw_record
from exports.wording import English
from medilink.absence import says_none
from medilink.days import day_as_time
from medilink.handing_out import Asked, Purpose
from medilink.people import PatientDetails, PatientId, Sex
from medilink.records import (
    ALL_SECTIONS,
    Alert,
    Allergy,
    Condition,
    Contact,
    Coverage,
    Document,
    Encounter,
    Immunization,
    Medication,
    Observation,
    Patient,
    Procedure,
    Profile,
    Record,
    Section,
)
from medilink.visits import NOTE_LIMIT
from tests.made_records import made_up_records, registered, whole_record
from tests.record_strategies import records
from tests.rules.fhir_bundles import each_file, needs_corpora
from tests.rules.fhir_survival import brought_in, handed_out
from tests.rules.pdf_gallery import MADE_AT, PROOF, TODAY, Spoken, document_of

LOOK = Look("Kisumu Clinic")
BY: dict[str, Any] = {"author": "Dr Achieng (doctor)", "origin": "Kisumu Clinic"}
HOSTILE = (
    "<b>bold</b> <script>alert(1)</script> & &amp; (one \\) ET Q endstream endobj %%EOF "
    "/JavaScript {fact} {0} %s \x00\x07\x1b[31m \u202eevil\u202c <para>x</para>"
)


def uid(number: int) -> bytes:
    return b"\1\x8f\0\0\0\0\x70\0" + number.to_bytes(8)


def drawn(document: ClinicalDocument, **given: Any) -> bytes:
    return draw_record(document, given.get("proof", PROOF), English(), given.get("look", LOOK))


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def said(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def together(text: str) -> str:
    """Without spaces: where a line ends is no part of what it says."""
    return "".join(text.split())


def patient(**fields: Any) -> Patient:
    told = {"given": "Wanjiku", "family": "Ng'ang'a", "sex": Sex.FEMALE, "birth_date": "1984-05-23"}
    return registered("one", PatientDetails(**{**told, **fields}), 7)


def visit(number: int = 1, **fields: Any) -> Encounter:
    return Encounter(uid(number), day_as_time("2026-03-04"), "Consultation", **{**BY, **fields})


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "#336699").save(out, "PNG")
    return out.getvalue()


def everything() -> list[Any]:
    """One entry for each section at least."""
    at = day_as_time("2026-02-03")
    return [
        Alert(uid(1), at, "Falls easily", level="high", **BY),
        Allergy(uid(2), at, "Penicillin", "rash", "severe", criticality="high", **BY),
        Condition(uid(3), at, "Hypertension", course="chronic", **BY),
        Condition(uid(4), at, "Pneumonia", "resolved", at, **BY),
        Medication(uid(5), at, "Amlodipine", "5 mg", frequency="OD", reason="pressure", **BY),
        Observation(uid(6), at, Section.RESULTS, "718-7", "Haemoglobin", "9.10", "g/dL", **BY),
        Observation(uid(7), at, Section.VITALS, "8867-4", "Pulse", "72", "/min", **BY),
        visit(8, reason="Headache", plan="Come again", notes="Slept badly"),
        Immunization(uid(9), at, "Tetanus", "2", lot="L77", **BY),
        Procedure(uid(10), at, "Suture of hand", outcome="clean", **BY),
        Document(uid(11), at, "Letter from Kisii", media="image/png", **BY),
        Contact(uid(12), at, "Otieno", "husband", "+254700111222", 1, **BY),
        Coverage(uid(13), at, "SHIF", "KE-99", "Outpatient", "2027-12-31", **BY),
        Profile(uid(14), at, blood="O-", language="sw", donor="yes", **BY),
    ]


# ---- what is in it


def test_every_section_stands_on_the_paper() -> None:
    bodies = {uid(11): a_picture()}
    letter = (LetterPart("Question to you", "Please look at her eyes."),)
    text = said(
        drawn(document_of(whole_record(patient(), everything()), letter=letter, bodies=bodies))
    )
    for part in (
        "Wanjiku Ng'ang'a", "23 May 1984", "ML-7KQ", "O- (O negative)", "Swahili",
        "High risk: Falls easily", "Penicillin · Rash · severe · life-threatening",
        "Question to you Please look at her eyes.",
        "Hypertension · lasting (chronic)", "Past (1)", "Pneumonia",
        "Amlodipine · for pressure", "5 mg · once a day",
        "Haemoglobin 9.10 g/dL · low from 12", "Pulse (/min)", "72",
        "Reason Headache", "Plan Come again", "Notes Slept badly",
        "Tetanus 2", "L77", "Suture of hand", "clean",
        "Letter from Kisii · picture 1, at the end", "Picture 1 · Letter from Kisii",
        "Otieno · call first Husband +254700111222", "SHIF KE-99 Outpatient 31 Dec 2027",
        "Organ donor Yes",
        "Document 0410-6105", "Dr Grace Achieng (doctor), Licence checked",
        "acid bubble cargo drift eagle fabric", "gadget harbor ivory jungle kettle lemon",
    ):  # fmt: skip
        assert part in text, part


def test_alerts_and_allergies_come_before_everything_else() -> None:
    first = pages_of(drawn(document_of(whole_record(patient(), everything()))))[0]
    order = [first.index(word) for word in ("Falls easily", "Penicillin", "Hypertension")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("allergies", "sections", "words"),
    [
        ((), ALL_SECTIONS, "Nobody has asked yet. There may be allergies."),
        ((), ALL_SECTIONS - {Section.ALLERGIES}, "Not in this document. Ask the patient"),
    ],
)
def test_what_was_not_asked_is_never_none(
    allergies: tuple[Allergy, ...], sections: frozenset[Section], words: str
) -> None:
    text = said(drawn(document_of(Record(patient(), sections, allergies=allergies))))
    assert words in text
    assert "No known allergies" not in text


def test_no_known_allergies_says_who_said_so() -> None:
    stated = Allergy(
        uid(1), day_as_time("2026-01-05"), "No known allergies", code="no-known-allergies",
        system="http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", **BY,
    )  # fmt: skip
    text = said(drawn(document_of(whole_record(patient(), [stated]))))
    assert "No known allergies 5 Jan 2026 · Dr Achieng (doctor)" in text
    assert says_none(stated)


def test_a_part_of_a_record_says_so_at_its_top() -> None:
    asked = Asked(sections=frozenset({Section.ALLERGIES}), since=day_as_time("2026-01-01"))
    record = Record(patient(), frozenset({Section.ALLERGIES}))
    first = pages_of(drawn(document_of(record, asked)))[0]
    assert "Part of the record · Allergies · What happened since 1 Jan 2026" in first
    assert "Visits" not in first.partition("Not in it")[0]
    assert "Conditions, Medicines" in first.partition("Not in it")[2]


def test_an_empty_record_says_that_nothing_is_written_down() -> None:
    nobody = Patient(PatientId(0), b"", "", PatientDetails("", "", Sex.UNKNOWN), 1, 0)
    document = document_of(Record(nobody, ALL_SECTIONS))
    text = said(draw_record(replace(document, author=""), None, English(), Look("")))
    assert "Name not known" in text
    assert "Sex not known" in text
    assert "Visits Nothing written down." in text
    assert "page 1 of" in text


def test_a_court_reads_what_was_said_before_and_why_not_any_more() -> None:
    old = Allergy(uid(1), 5, "Aspirin", "rash", status="amended", **BY)
    new = Allergy(uid(2), 5, "Ibuprofen", "rash", replaces=uid(1), why="wrong tablet", **BY)
    wrong = Condition(uid(3), 5, "Asthma", "entered-in-error", why="another patient", **BY)
    before = visit(4, notes="left knee", status="amended")
    after = visit(5, notes="right knee", replaces=uid(4), why="wrong side")
    record = replace(whole_record(patient(), [new, after]), versions=(old, wrong, before))
    legal = said(drawn(document_of(record, Asked(Purpose.LEGAL))))
    for part in (
        "Substance: Aspirin", "Substance: Ibuprofen", "Corrected, because: wrong tablet",
        "Condition: Asthma", "Written by mistake; struck because: another patient", "left knee",
        "right knee", "wrong side",
    ):  # fmt: skip
        assert part in legal, part
    assert "Aspirin" not in said(drawn(document_of(record)))


def test_a_doubted_entry_is_marked() -> None:
    entry = Condition(uid(1), day_as_time("2026"), "Asthma", doubted=1, **BY)
    text = said(drawn(document_of(whole_record(patient(), [entry]))))
    assert "Dr Achieng (doctor) · the clock was in doubt" in text
    assert "1 entry was written while this clinic's clock was in doubt" in text


def test_a_childs_growth_is_compared_with_the_standards() -> None:
    at = MADE_AT - 86_400_000
    entries = [Observation(uid(1), at, Section.VITALS, "29463-7", "Weight", "6.1", "kg", **BY)]
    child = patient(birth_date="2025-11-21", sex=Sex.MALE)
    text = said(drawn(document_of(whole_record(child, entries))))
    assert "Weight for age: severely underweight (z-score -4" in text
    assert "Age in months" in text


def test_results_of_one_test_stand_together_newest_first() -> None:
    days = ("2026-03-01", "2026-02-01", "2026-01-01")
    entries = [
        Observation(
            uid(n), day_as_time(day), Section.RESULTS, "4548-4", "HbA1c", f"{7 + n}.0", "%",
            low="4.0", high="6.0", **BY,
        )
        for n, day in enumerate(days)
    ]  # fmt: skip
    text = said(drawn(document_of(whole_record(patient(), entries))))
    assert (
        "HbA1c 7.0 % · high 4.0–6.0 1 Mar 2026 1 Feb 2026: 8.0 % · high 1 Jan 2026: 9.0 %" in text
    )


# ---- any text


ARABIC, AMHARIC = "حساسية البنسلين خطيرة", "ታካሚዋ ጥሩ ስሜት ይሰማታል።"


def test_names_and_notes_in_three_scripts_can_be_searched() -> None:
    entries = [
        Condition(uid(1), 5, AMHARIC, **BY),
        Condition(uid(2), 5, ARABIC, **BY),
        visit(3, notes=f"{ARABIC}\n{AMHARIC}\nDébut à l'aube: 37,5 °C ≥ 37 → œdème"),
    ]
    record = whole_record(patient(given="مريم", family="حسن"), entries)
    pages = pages_of(drawn(document_of(record)))
    text = " ".join(pages)
    assert "مريم حسن" in pages[0]
    assert text.count(ARABIC) == 2
    assert text.count(AMHARIC) == 2
    assert "Début à l'aube: 37,5 °C ≥ 37 → œdème" in text


def test_a_hostile_note_is_text_and_nothing_else() -> None:
    entries = [visit(1, notes=HOSTILE, reason=HOSTILE), Alert(uid(2), 5, HOSTILE, **BY)]
    record = whole_record(patient(given=HOSTILE[:100], family=HOSTILE[:90]), entries)
    pdf = drawn(document_of(record, letter=(LetterPart(HOSTILE, HOSTILE),)), look=Look(HOSTILE))
    text = together(said(pdf))
    shown = together("<b>bold</b> <script>alert(1)</script> & &amp; (one \\) ET Q endstream endobj")
    assert text.count(shown) >= 4
    assert "{fact}{0}%s" in text
    assert pdf.count(b"%%EOF") == 1
    assert b"/JavaScript" not in pdf
    assert "\u202e" not in text


def test_letters_nobody_has_are_seen_and_counted() -> None:
    unwritten = "\U0001e900\U000f0000"  # Adlam is in few fonts, a private letter in none
    text = said(drawn(document_of(whole_record(patient(), [visit(1, notes=f"a {unwritten} b")]))))
    assert "\U000f0000" in text, "what is copied is the letter"
    assert "stands for a letter this computer has no font for" in text


@pytest.mark.parametrize(
    "note", ["word " * 20_000, "x" * NOTE_LIMIT, "ሀለሐ" * 30_000, "سلام " * 20_000]
)
def test_the_longest_note_is_whole(note: str) -> None:
    pdf = drawn(document_of(whole_record(patient(), [visit(1, notes=note)])))
    text = together(said(pdf))
    letter = note[0]
    assert abs(text.count(letter) - note.count(letter)) < 1_000
    assert len(pages_of(pdf)) > 10


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records, st.sampled_from(Purpose))
def test_any_record_can_be_drawn(record: Record, purpose: Purpose) -> None:
    pages = pages_of(drawn(document_of(record, Asked(purpose, record.sections))))
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page


# ---- pictures


def test_what_is_no_picture_says_so_and_a_logo_that_is_none_is_left_out() -> None:
    papers = [
        Document(uid(1), 5, "X-ray", media="image/jpeg"),
        Document(uid(2), 5, "Foot", media="image/png"),
    ]
    bodies = {uid(1): b"\xff\xd8\xffno", uid(2): a_picture()}
    document = document_of(whole_record(patient(), papers), bodies=bodies)
    for logo, pictures in ((b"not one", 1), (a_picture(), 2)):
        pdf = drawn(document, look=Look("Clinic", logo))
        assert "X-ray" in said(pdf)
        assert "This file is not a picture" in said(pdf)
        assert pdf.count(b"/Subtype /Image") == pictures


@pytest.mark.parametrize("accent", ["#ffff00", "#ffffff", "#0b5d6b", "red", ""])
def test_any_accent_can_be_read(accent: str) -> None:
    assert contrast_with_white(Look("", accent=accent).colour) >= READABLE
    assert Look("", accent="red").colour == Look("", accent=DEFAULT_ACCENT).colour


# ---- the file


def test_the_same_document_gives_the_same_bytes() -> None:
    document = document_of(whole_record(patient(), everything()))
    assert drawn(document) == drawn(document)


def test_every_font_is_inside_and_says_what_its_letters_are() -> None:
    reader = PdfReader(io.BytesIO(drawn(document_of(whole_record(patient(), everything())))))
    fonts = {str(f["/BaseFont"]): f for page in reader.pages for f in _fonts(page)}
    assert {name.partition("+")[2] for name in fonts} >= {"NotoSans-Regular", "NotoSans-Bold"}
    for font in fonts.values():
        below = font["/DescendantFonts"][0].get_object()
        assert below["/FontDescriptor"]["/FontFile2"].get_data()
        assert "/ToUnicode" in font


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def test_the_paper_is_tagged_in_the_order_it_is_read() -> None:
    entries = everything()
    pdf = drawn(document_of(whole_record(patient(), entries), Asked(language="sw")))
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sw"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds: list[str] = []
    pieces = _walk(root["/StructTreeRoot"]["/K"], kinds)
    assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(kinds)
    assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/Table")
    owners = root["/StructTreeRoot"]["/ParentTree"]["/Nums"][1::2]
    assert pieces == sum(len(page) for page in owners), "each marked piece is somebody's"


def _walk(node: Any, kinds: list[str]) -> int:
    """The kinds of all elements in order; how many pieces of pages they have."""
    node = node.get_object()
    if isinstance(node, int) or "/MCID" in node:
        return 1
    kinds.append(str(node["/S"]))
    if node["/S"] == "/Figure":
        assert node["/Alt"]
    return sum(_walk(kid, kinds) for kid in node["/K"])


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not here")
def test_other_programs_read_the_tags(tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(drawn(document_of(whole_record(patient(), everything()))))
    read = subprocess.run(
        ["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True
    )
    assert "Error" not in read.stderr
    assert re.search(r"TH \(block\)\s+\"Condition\"", read.stdout) or '"Condition"' in read.stdout
    assert "Figure" in read.stdout


def test_the_signed_record_is_inside_and_only_with_a_proof() -> None:
    document = document_of(whole_record(patient(), everything()))
    proof = replace(PROOF, record=b'{"signed": true}')
    inside = PdfReader(io.BytesIO(draw_record(document, proof, English(), LOOK)))
    assert inside.attachments["record.json"] == [b'{"signed": true}']
    file = inside.trailer["/Root"]["/AF"][0].get_object()
    assert file["/AFRelationship"] == "/Source"
    without = PdfReader(io.BytesIO(draw_record(document, None, English(), LOOK)))
    assert not without.attachments
    assert "How to check this document" not in said(draw_record(document, None, English(), LOOK))


def test_whoever_waits_is_told_and_may_stop_it() -> None:
    document = document_of(whole_record(patient(), everything()))
    told: list[tuple[int, int]] = []
    draw_record(document, None, English(), LOOK, lambda done, of: told.append((done, of)))
    assert told[-1] == (14, 14)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_record(document, None, English(), LOOK, stop)


# ---- real and many records


@needs_corpora
@each_file
def test_nothing_that_matters_is_lost_on_paper(path: Path, tmp_path: Path) -> None:
    clinic = brought_in(tmp_path, path.name, path.read_bytes())
    handed = handed_out(clinic)
    clinic.store.close()
    for language in ("en", "fr", "sw"):
        asked = Asked(language=language)
        document = replace(document_of(handed.record, asked), handed=handed)
        pdf = draw_record(document, PROOF, Spoken(language), LOOK)
        text = together(said(pdf))
        record = handed.record
        for entry in (*record.allergies, *record.conditions, *record.medications):
            name = getattr(entry, "substance", "") or getattr(entry, "name", "")
            assert says_none(entry) or together(name) in text, name
        number, pages = record.patient.medilink_id, pages_of(pdf)
        assert all(number in page for page in pages)


def test_a_long_record_is_drawn_to_its_end_and_no_slower_for_each_visit() -> None:
    person, *others = made_up_records(5, 60, TODAY)
    entries = [e for record in others for e in record.entries() if not isinstance(e, Profile)]
    took = []
    for count in (500, 2_000):
        visits = [visit(n, notes="Seen again, feels well. " * 4) for n in range(count)]
        document = document_of(whole_record(person.patient, [*entries, *visits]))
        begun = time.process_time()
        pages = PdfReader(io.BytesIO(drawn(document))).pages
        took.append(time.process_time() - begun)
        last = " ".join(pages[-1].extract_text().split())
        assert f"page {len(pages)} of {len(pages)}" in last
    assert took[1] < took[0] * 12  # four times the visits; sixteen would be a square

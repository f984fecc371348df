"""Vaccines, procedures, documents, reports, insurance and relatives from FHIR files."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from medilink.intake.fhir_values import moment
from medilink.person_entries import Contact, Coverage
from medilink.records import Document, Immunization, Observation, Procedure, Section
from tests.rules.fhir_bundles import PATIENT, bundle, coded, entries, of_p1, read, why_unread

CVX = "http://hl7.org/fhir/sid/cvx"


def picture() -> str:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


# ---- vaccines


def test_a_vaccine_is_read_with_its_dose_batch_and_place():
    both = {"coding": [{"system": "urn:own", "code": "m"}, {"system": CVX, "code": "05"}],
            "text": "Measles"}  # fmt: skip
    [found] = entries(
        of_p1(
            "Immunization", "i", status="completed", vaccineCode=both, lotNumber="A17",
            occurrenceDateTime="2024-05-01", site={"text": "left arm"},
            performer=[{"actor": {"display": "Nurse Njeri"}}],
            protocolApplied=[{"series": "Childhood", "doseNumberPositiveInt": 2}],
        )
    )  # fmt: skip
    assert isinstance(found, Immunization)
    assert (found.vaccine, found.code, found.system) == ("Measles", "05", CVX)
    assert (found.dose, found.lot, found.site) == ("2", "A17", "left arm")
    assert (found.at, found.author) == (moment("2024-05-01"), "Nurse Njeri")


def test_a_vaccine_that_was_not_given_says_so_and_why():
    [found] = entries(
        of_p1("Immunization", "i", status="not-done", vaccineCode=coded("Measles"),
              statusReason={"text": "Fever"})
    )  # fmt: skip
    assert (found.status, found.why) == ("not-done", "Fever")


# ---- procedures


def test_a_procedure_is_read_with_how_it_went():
    [found] = entries(
        of_p1("Procedure", "s", status="completed", code=coded("Suture"),
              outcome={"text": "Healed"},
              note=[{"text": "Threads out on day 7"}], performedPeriod={"start": "2024-05-01"},
              performer=[{"actor": {"display": "Dr Nduta"}}])
    )  # fmt: skip
    assert isinstance(found, Procedure)
    assert (found.name, found.outcome) == ("Suture", "Healed\nThreads out on day 7")
    assert (found.at, found.author) == (moment("2024-05-01"), "Dr Nduta")


@pytest.mark.parametrize("status", ["preparation", "not-done", "on-hold"])
def test_what_was_not_begun_was_not_done(status):
    assert entries(of_p1("Procedure", "s", status=status, code=coded("Suture"))) == []


def test_a_procedure_that_was_broken_off_says_so():
    [found] = entries(of_p1("Procedure", "s", status="stopped", code=coded("Suture")))
    assert found.why == "stopped"


# ---- documents


def with_content(*attachments: dict[str, Any], **fields: Any) -> dict[str, Any]:
    content = [{"attachment": attachment} for attachment in attachments]
    return of_p1("DocumentReference", "d", status="current", content=content, **fields)


def test_a_document_in_the_file_is_kept_with_its_bytes():
    letter = with_content(
        {"data": picture(), "title": "scan.png"}, {"data": picture()},
        type=coded("Referral letter"), date="2024-05-01T10:00:00Z", author=[{"display": "Dr X"}],
    )  # fmt: skip
    [patient], unread = read(bundle(PATIENT, letter))
    received = patient.entries[1]
    first, second = received.understood
    assert isinstance(first, Document)
    assert (first.title, first.kind, first.media) == ("Referral letter",) * 2 + ("image/jpeg",)
    assert (first.at, first.author) == (moment("2024-05-01T10:00:00Z"), "Dr X")
    assert [uid for uid, _ in received.attached] == [first.uid, second.uid]
    assert [len(body) for _, body in received.attached] == [first.size, second.size]
    assert unread == []


def test_a_document_in_a_binary_of_the_same_file_is_kept():
    binary = {"resourceType": "Binary", "id": "b", "contentType": "image/png", "data": picture()}
    [found] = entries(binary, with_content({"url": "Binary/b"}))
    assert found.size


@pytest.mark.parametrize(
    "attachment",
    [{"url": "https://elsewhere/scan.png"}, {"data": base64.b64encode(b"a text").decode()}, {}],
)
def test_what_cannot_be_attached_is_kept_as_it_came_only(attachment):
    [patient], unread = read(bundle(PATIENT, with_content(attachment)))
    assert [(e.kind, e.understood) for e in patient.entries[1:]] == [("DocumentReference", ())]
    assert unread == []


def test_a_document_that_was_replaced_is_not_shown_and_one_that_is_broken_is_listed():
    assert entries(with_content({"data": picture()}) | {"status": "superseded"}) == []
    assert why_unread(with_content({"data": "no base64!"})) == "data is not base64."


# ---- reports


def test_what_a_report_concludes_is_a_result_in_words():
    [found] = entries(
        of_p1("DiagnosticReport", "r", status="final", code=coded("Chest film", "36643-5"),
              conclusion="No shadow.", effectiveDateTime="2024-05-01",
              performer=[{"display": "Radiology"}])
    )  # fmt: skip
    assert isinstance(found, Observation)
    assert (found.section, found.code, found.text) == (Section.RESULTS, "36643-5", "No shadow.")
    assert (found.at, found.author) == (moment("2024-05-01"), "Radiology")


def test_the_sheet_of_a_report_is_a_document_and_a_bare_report_is_kept_only():
    sheet = of_p1("DiagnosticReport", "r", status="final", code=coded("Film"),
                  presentedForm=[{"data": picture()}])  # fmt: skip
    [found] = entries(sheet)
    assert isinstance(found, Document)
    assert entries(of_p1("DiagnosticReport", "r", status="final", code=coded("Panel"))) == []


# ---- insurance and relatives


def test_an_insurance_is_read():
    kind = {"type": {"coding": [{"code": "plan"}]}, "value": "g", "name": "Gold"}
    fund = {"resourceType": "Organization", "id": "o", "name": "Social Health Authority"}
    cover = of_p1("Coverage", "c", status="active", payor=[{"reference": "Organization/o"}],
                  subscriberId="M-17", period={"start": "2024", "end": "2026-12-31"},
                  **{"class": [kind]})  # fmt: skip
    found = entries(fund, cover)[0]
    assert isinstance(found, Coverage)
    assert (found.insurer, found.number) == ("Social Health Authority", "M-17")
    assert (found.plan, found.until, found.status) == ("Gold", "2026-12-31", "active")


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"payor": [{"reference": "Patient/p1"}]}, {"payor": []}]
)
def test_without_an_insurance_there_is_no_entry(fields):
    told = {"status": "active", "payor": [{"display": "NHIF"}]} | fields
    assert entries(of_p1("Coverage", "c", **told)) == []


def test_a_related_person_is_somebody_to_call():
    [found] = entries(
        of_p1("RelatedPerson", "k", active=False, name=[{"text": "Njeri"}],
              relationship=[{"text": "Neighbour"}],
              telecom=[{"system": "phone", "value": "+254722000111"}])
    )  # fmt: skip
    assert isinstance(found, Contact)
    assert (found.name, found.relation, found.phone) == ("Njeri", "Neighbour", "+254722000111")
    assert found.status == "ended"

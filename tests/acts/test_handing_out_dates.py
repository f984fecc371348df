"""A record handed out for some dates: nothing of another time leaves, whatever the form, neither by
what came from elsewhere nor by what that refers to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from exports.bulk import bulk_lines
from exports.document import ClinicalDocument
from exports.fhir import write_bundle
from exports.ips import write_ips
from exports.wording import English
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.hand_out import hand_out_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_visit import write_visit
from medilink.desk import Desk
from medilink.handing_out import Asked, HandedOut
from medilink.people import PatientId
from medilink.visits import NewVisit
from tests.clinics import TestClinic
from tests.rules.fhir_bundles import PATIENT, bundle, coded, of_p1

WHO = PATIENT | {"contact": [{"name": {"text": "Njeri"}}], "maritalStatus": {"text": "OUT widow"}}
BP = [
    {"code": coded("Upper", "8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
    {"code": coded("Lower", "8462-4"), "valueQuantity": {"value": 80, "unit": "mmHg"}},
]
FILE = bundle(
    WHO,
    {"resourceType": "Practitioner", "id": "in", "name": [{"text": "Dr Inside"}]},
    {"resourceType": "Practitioner", "id": "out", "name": [{"text": "Dr OUT"}]},
    of_p1("Encounter", "old", status="finished", type=[{"text": "OUT visit"}],
          **{"class": {"code": "AMB"}}, period={"start": "2019-03-01"},
          participant=[{"individual": {"reference": "Practitioner/out"}}]),
    of_p1("Observation", "late", status="final", code=coded("IN glucose", "2345-7"),
          encounter={"reference": "Encounter/old"}, effectiveDateTime="2024-05-01T08:00:00+03:00",
          hasMember=[{"reference": "Observation/early"}],
          performer=[{"reference": "Practitioner/in"}], valueQuantity={"value": 5.50, "unit": "x"}),
    of_p1("Observation", "early", status="final", code=coded("OUT glucose", "2345-7"),
          effectiveDateTime="2019-05-01", valueQuantity={"value": 9, "unit": "x"}),
    of_p1("Observation", "bp", status="final", code=coded("OUT pressure", "85354-9"),
          effectiveDateTime="2019-05-01", component=BP),
    of_p1("Observation", "never", status="final", code=coded("OUT undated", "2345-7"),
          valueQuantity={"value": 9, "unit": "x"}),
    of_p1("Condition", "now", code=coded("IN asthma"), onsetDateTime="2001-02-03",
          clinicalStatus={"coding": [{"code": "active"}]}),
    of_p1("Condition", "over", code=coded("OUT malaria"), onsetDateTime="2002-02-03",
          abatementDateTime="2002-03-03", clinicalStatus={"coding": [{"code": "resolved"}]}),
    of_p1("Immunization", "in", status="completed", vaccineCode=coded("IN vaccine"),
          occurrenceDateTime="2024-06"),
    of_p1("Immunization", "out", status="completed", vaccineCode=coded("OUT vaccine"),
          occurrenceDateTime="2018"),
    of_p1("Procedure", "out", status="completed", code=coded("OUT suture"),
          performedDateTime="2018-01-01"),
    of_p1("CarePlan", "p", title="OUT plan"),
)  # fmt: skip

FORMS: dict[str, Callable[[HandedOut], bytes]] = {
    "bundle": write_bundle,
    "summary": lambda handed: write_ips(
        ClinicalDocument(handed, Asked(), bytes(5), "Amina"), English()
    ),
    "lines": lambda handed: b"\n".join(line for _, line in bulk_lines([handed])),
}


def at(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def doctor(clinic: TestClinic) -> Desk:
    """At whose desk somebody is with a record of many years, from elsewhere and from here."""
    people, unread = read_file(clinic.admin, "there.json", json.dumps(FILE).encode())
    assert unread == []
    bring_in(clinic.admin, people, ImportReport())
    desk = clinic.provider()
    record_patient_is_here(desk, PatientId(1), "here for a visit")
    write_visit(desk, PatientId(1), NewVisit(reason="OUT cough", notes="OUT notes",
                                             vitals={"8310-5": "38.50"}, at=at(2026)))  # fmt: skip
    return desk


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_another_time_leaves(doctor: Desk, form: str) -> None:
    asked = Asked(since=at(2024), until=at(2025))
    out = FORMS[form](hand_out_record(doctor, PatientId(1), asked)).decode()
    words = sorted({word.split('"')[0] for word in out.split("OUT ")[1:]})
    assert words == []
    assert "Dr OUT" not in out
    for inside in ("IN glucose", "IN asthma", "IN vaccine", "Dr Inside", "08:00:00+03:00"):
        assert inside in out
    assert "38.50" not in out


@pytest.mark.parametrize("form", FORMS)
def test_without_dates_it_is_all_there(doctor: Desk, form: str) -> None:
    out = FORMS[form](hand_out_record(doctor, PatientId(1))).decode()
    for each in ("OUT glucose", "OUT malaria", "OUT vaccine", "OUT suture", "IN glucose", "38.50"):
        assert each in out


def test_a_summary_for_some_dates_says_that_it_does_not_know_the_rest(doctor: Desk) -> None:
    asked = Asked(since=at(2024), until=at(2025))
    out = FORMS["summary"](hand_out_record(doctor, PatientId(1), asked)).decode()
    assert '"unavailable"' in out
    assert '"notasked"' not in out
    assert '"notasked"' in FORMS["summary"](hand_out_record(doctor, PatientId(1))).decode()


def test_the_first_moment_is_inside_and_the_last_is_not(doctor: Desk) -> None:
    moment = int(datetime(2024, 5, 1, 5, tzinfo=UTC).timestamp() * 1000)
    first = write_bundle(hand_out_record(doctor, PatientId(1), Asked(since=moment)))
    after = write_bundle(hand_out_record(doctor, PatientId(1), Asked(until=moment)))
    assert b"IN glucose" in first
    assert b"IN glucose" not in after

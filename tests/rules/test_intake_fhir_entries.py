"""What a clinic reads of FHIR resources: values, words, dates, and what must not be read."""

from typing import Any

import pytest

from medilink.absence import says_none
from medilink.intake.fhir_values import moment
from medilink.records import Alert, Allergy, Condition, Encounter, Medication, section_of
from tests.rules.fhir_bundles import PATIENT, bundle, coded, entries, of_p1, read, why_unread

SNOMED = "http://snomed.info/sct"
ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"


def status(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


# ---- dates


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("1970", 0), ("1970-01", 0), ("1970-01-01", 0), ("1969-12-31T23:59:59.999Z", -1),
        ("2015-02-28T10:00:00+03:00", 1425106800000), ("2015-02-28T07:00:00.5Z", 1425106800500),
        ("2015-02-28T07:00:00.1239Z", 1425106800123), ("2015-02-28T07:00", 1425106800000),
        ("2016-12-31T23:59:60Z", 1483228800000), ("2015-02-27T22:00:00-09:00", 1425106800000),
    ],
)  # fmt: skip
def test_dates_in_milliseconds(written, at):
    assert moment(written) == at


@pytest.mark.parametrize(
    "written",
    ["2015-02-29", "2015-13", "15-02-01", "0001-01-01", "9999-12-31", "2015-02-01T25:00:00Z", "",
     "2015-02-01T10:00:00+15:00", "2015-02-01T10:00:61Z", "soon", "2015-2-1", "٢٠١٥"],
)  # fmt: skip
def test_dates_that_cannot_be_right(written):
    assert moment(written) is None


def test_an_entry_without_a_date_has_that_of_its_visit_its_change_or_its_file():
    visit = of_p1("Encounter", "e", period={"start": "2020-05-01"})
    met = {"encounter": {"reference": "Encounter/e"}}
    asthma = of_p1("Condition", "c", code=coded("Asthma"))
    assert entries(asthma | met, visit)[0].at == moment("2020-05-01")
    assert entries(asthma | {"meta": {"lastUpdated": "2021-05-01T00:00:00Z"}})[0].at == moment(
        "2021-05"
    )
    [patient], _ = read(bundle(PATIENT, asthma) | {"timestamp": "2022-05-01T00:00:00Z"})
    assert patient.entries[1].understood[0].at == moment("2022-05")
    assert entries(asthma)[0].at == 0


# ---- allergies


def test_an_allergy_is_read():
    [allergy] = entries(
        of_p1(
            "AllergyIntolerance", "a", code=coded("Penicillin", "764146007", SNOMED),
            clinicalStatus=status("active"), criticality="high", recordedDate="2020",
            reaction=[
                {"manifestation": [{"text": "Rash"}, {"text": "Itching"}], "severity": "moderate"},
                {"manifestation": [{"text": "Rash"}], "severity": "severe"},
            ],
        )
    )  # fmt: skip
    assert isinstance(allergy, Allergy)
    assert (allergy.substance, allergy.code, allergy.system) == ("Penicillin", "764146007", SNOMED)
    assert (allergy.reaction, allergy.severity) == ("Rash; Itching", "severe")
    assert (allergy.criticality, allergy.certainty) == ("high", "")
    assert (allergy.status, allergy.at, allergy.origin) == ("active", moment("2020"), "file.json")


@pytest.mark.parametrize(
    "code",
    [
        coded("No information about allergies", "no-allergy-info", ABSENT),
        coded("No known food allergy (situation)", "429625007", SNOMED),
        coded("No Known Allergies", "no-known-food-allergies", ABSENT),
        {"text": "NKDA"},
        {"text": "No known drug allergies."},
    ],
)
def test_a_narrow_or_unasked_absence_is_kept_and_is_neither_an_allergy_nor_their_absence(code):
    [patient], unread = read(bundle(PATIENT, of_p1("AllergyIntolerance", "a", code=code)))
    assert [(e.kind, e.understood) for e in patient.entries[1:]] == [("AllergyIntolerance", ())]
    assert unread == []


@pytest.mark.parametrize(
    ("kind", "field", "code", "section"),
    [
        ("AllergyIntolerance", "code", coded("x", "no-known-allergies", ABSENT), "allergies"),
        ("AllergyIntolerance", "code", coded("Hakuna mzio", "716186003", SNOMED), "allergies"),
        ("AllergyIntolerance", "code", {"text": "NKA"}, "allergies"),
        ("Condition", "code", coded("x", "no-known-problems", ABSENT), "conditions"),
        ("Condition", "code", coded("x", "160245001", SNOMED), "conditions"),
        (
            "MedicationStatement",
            "medicationCodeableConcept",
            coded("none", "no-known-medications", ABSENT),
            "medications",
        ),
    ],
)
def test_that_nothing_is_known_to_be_there_is_an_entry_of_its_own(kind, field, code, section):
    [said] = entries(of_p1(kind, "a", **{field: code}))
    assert says_none(said)
    assert (section_of(said).value, said.status, said.system) == (section, "active", ABSENT)


def test_an_absence_that_no_longer_holds_does_not_hold_here():
    over = {"clinicalStatus": status("inactive")}
    [said] = entries(of_p1("AllergyIntolerance", "a", code={"text": "no known allergies"}, **over))
    assert said.status == "superseded"


@pytest.mark.parametrize(
    ("written", "certainty"),
    [("confirmed", "confirmed"), ("unconfirmed", "unconfirmed"), ("", "")],
)
def test_how_sure_an_allergy_is(written, certainty):
    sure = {"verificationStatus": status(written)} if written else {}
    [found] = entries(of_p1("AllergyIntolerance", "a", code=coded("Eggs"), **sure))
    assert found.certainty == certainty


def test_a_refuted_allergy_is_no_allergy():
    refuted = {"verificationStatus": status("refuted")}
    assert entries(of_p1("AllergyIntolerance", "a", code=coded("Penicillin"), **refuted)) == []


def test_an_allergy_said_only_beside_a_reaction_is_read():
    [allergy] = entries(
        of_p1("AllergyIntolerance", "a", reaction=[{"substance": {"text": "Eggs"}}])
    )
    assert allergy.substance == "Eggs"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("AllergyIntolerance", {}),
        ("AllergyIntolerance", {"code": {"text": 5}}),
        ("AllergyIntolerance", {"code": {"text": "x" * 501}}),
        ("AllergyIntolerance", {"code": coded("x"), "onsetDateTime": "2023-02-30"}),
        ("Condition", {"code": {"coding": [{"display": ["Asthma"]}]}}),
        ("Condition", {"code": coded("x"), "verificationStatus": status("entered-in-error")}),
        ("Condition", {"code": coded("x"), "recordedDate": 2020}),
        ("MedicationRequest", {"status": "active"}),
        ("MedicationRequest", {"medicationReference": {"reference": "Medication/none"}}),
        (
            "MedicationRequest",
            {"medicationCodeableConcept": coded("x"), "dosageInstruction": "daily"},
        ),
        ("Observation", {"code": {}}),
        ("Observation", {"code": coded("x"), "valueQuantity": {"value": "37"}}),
        ("Observation", {"code": coded("x"), "valueString": "x" * 100_001}),
        ("Observation", {"code": coded("x"), "component": [{"valueString": "?"}]}),
        ("Encounter", {"period": {"start": "yesterday"}}),
        ("Flag", {"code": None}),
        ("Immunization", {"status": "entered-in-error"}),
    ],
)
def test_what_contradicts_r4_or_was_a_mistake_is_listed(kind, fields):
    assert why_unread(of_p1(kind, "x", **fields)).endswith((".", ")."))


# ---- conditions and alerts


@pytest.mark.parametrize(
    ("clinical", "read_as"),
    [("active", "active"), ("recurrence", "active"), ("relapse", "active"),
     ("inactive", "resolved"), ("remission", "resolved"), ("resolved", "resolved")],
)  # fmt: skip
def test_the_state_of_a_condition(clinical, read_as):
    [found] = entries(of_p1("Condition", "c", code=coded("x"), clinicalStatus=status(clinical)))
    assert found.status == read_as


def test_a_condition_that_has_ended_is_resolved():
    [found] = entries(of_p1("Condition", "c", code=coded("x"), abatementDateTime="2021"))
    assert isinstance(found, Condition)
    assert (found.status, found.ended_at) == ("resolved", moment("2021"))


def test_an_unsure_condition_says_so_and_a_refuted_one_is_none():
    unsure = {"verificationStatus": status("provisional")}
    [found] = entries(of_p1("Condition", "c", code=coded("TB"), **unsure))
    assert (found.name, found.certainty) == ("TB", "unconfirmed")
    refuted = {"verificationStatus": status("refuted")}
    assert entries(of_p1("Condition", "c", code=coded("TB"), **refuted)) == []


def test_a_flag_is_an_alert():
    flag = of_p1("Flag", "f", status="inactive", code={"text": "Deaf"}, period={"start": "2020"})
    [alert] = entries(flag)
    assert isinstance(alert, Alert)
    assert (alert.text, alert.status, alert.at) == ("Deaf", "inactive", moment("2020"))


# ---- medicines


def prescribed(**fields: Any) -> list[Any]:
    named = {
        "medicationCodeableConcept": coded("Amlodipine"),
        "status": "active",
        "intent": "order",
    }
    return entries(of_p1("MedicationRequest", "r", **(named | fields)))


def test_a_medicine_is_named_by_what_it_points_to():
    there = {"resourceType": "Medication", "id": "m", "code": coded("Amlodipine 5 mg")}
    pointing = of_p1("MedicationStatement", "s", medicationReference={"reference": "Medication/m"})
    inside = {"contained": [there], "medicationReference": {"reference": "#m"}}
    assert entries(there, pointing)[0].name == "Amlodipine 5 mg"
    [found] = entries(of_p1("MedicationRequest", "r", **inside))
    assert isinstance(found, Medication)
    assert found.name == "Amlodipine 5 mg"


@pytest.mark.parametrize(
    ("dosage", "dose", "frequency"),
    [
        ({"text": "1 tablet at night"}, "1 tablet at night", ""),
        (
            {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet", "code": "1"}}],
             "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
             "route": {"text": "oral"}, "asNeededBoolean": True},
            "1 tablet, oral, as needed", "3 times a day",
        ),
        (
            {"timing": {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}}},
            "", "every 8 hours",
        ),
        (
            {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk",
                                   "dayOfWeek": ["mon"], "when": ["PC"]}}},
            "", "once a week, after meals, on Monday",
        ),
        ({"timing": {"code": {"text": "BID"}}}, "", "BID"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]}, "1–2", ""),
        ({"asNeededCodeableConcept": {"text": "pain"}}, "as needed for pain", ""),
    ],
)  # fmt: skip
def test_how_much_and_how_often(dosage, dose, frequency):
    [found] = prescribed(dosageInstruction=[dosage])
    assert (found.dose, found.frequency) == (dose, frequency)


def test_who_prescribed_a_medicine_until_when_and_why_it_was_stopped():
    [request] = prescribed(requester={"display": "Dr Nduta"}, status="stopped",
                           statusReason={"text": "Cough"})  # fmt: skip
    assert (request.prescriber, request.why) == ("Dr Nduta", "Cough")
    [taken] = entries(
        of_p1(
            "MedicationStatement", "s", medicationCodeableConcept=coded("Amlodipine"),
            status="completed", effectivePeriod={"start": "2020", "end": "2021"},
            statusReason=[{"text": "Swelling"}],
        )
    )  # fmt: skip
    assert (taken.at, taken.ended_at, taken.why) == (moment("2020"), moment("2021"), "Swelling")


@pytest.mark.parametrize(
    "fields",
    [{"status": "draft"}, {"intent": "proposal"}, {"doNotPerform": True},
     {"medicationCodeableConcept": coded("none", "no-medication-info", ABSENT)}],
)  # fmt: skip
def test_what_is_not_to_be_taken_is_no_medicine(fields):
    assert prescribed(**fields) == []


@pytest.mark.parametrize(
    ("code", "read_as"), [("active", "active"), ("completed", "stopped"), ("on-hold", "stopped")]
)
def test_the_state_of_a_medicine(code, read_as):
    assert prescribed(status=code)[0].status == read_as


def test_the_reason_of_a_medicine_may_be_a_condition_of_the_file():
    condition = of_p1("Condition", "c", code=coded("Asthma"))
    why = {"reasonReference": [{"reference": "Condition/c"}], "reasonCode": [{"text": "Wheezing"}]}
    request = of_p1("MedicationRequest", "r", medicationCodeableConcept=coded("Salbutamol"), **why)
    assert entries(condition, request)[1].reason == "Wheezing; Asthma"


# ---- visits


def test_a_visit_is_read_and_names_who_and_where():
    there = {"resourceType": "Organization", "id": "o", "name": "Health centre"}
    doctor = {
        "resourceType": "Practitioner",
        "id": "d",
        "name": [{"family": "Nduta", "prefix": ["Dr"]}],
    }
    visit = of_p1(
        "Encounter", "e", status="finished", **{"class": {"code": "HH"}},
        period={"start": "2024-05-01T08:00:00+03:00"}, reasonCode=[{"text": "Cough"}],
        participant=[{"individual": {"reference": "Practitioner/d"}}],
        serviceProvider={"reference": "Organization/o"},
        diagnosis=[{"condition": {"reference": "Condition/c"}}],
    )  # fmt: skip
    condition = of_p1("Condition", "c", code=coded("TB"), encounter={"reference": "Encounter/e"})
    found, met = entries(condition, there, doctor, visit)
    assert isinstance(met, Encounter)
    assert (met.kind, met.reason, met.diagnosis) == ("Home visit", "Cough", "TB")
    assert (met.author, met.origin) == ("Dr Nduta", "Health centre")
    assert (found.encounter, found.origin) == (met.uid, "Health centre")


@pytest.mark.parametrize("state", ["planned", "cancelled"])
def test_a_visit_that_was_not_is_none(state):
    visit = of_p1("Encounter", "e", status=state)
    met = {"encounter": {"reference": "Encounter/e"}}
    [condition] = entries(visit, of_p1("Condition", "c", code=coded("TB"), **met))
    assert condition.encounter is None


# ---- what stands beside an entry may be broken without costing it


def test_a_broken_date_of_the_document_costs_nothing():
    document = bundle(PATIENT, of_p1("Flag", "f", code=coded("Deaf"))) | {"timestamp": "soon"}
    [patient], unread = read(document)
    assert (patient.entries[1].understood[0].at, unread) == (0, [])


def test_a_reason_that_points_to_a_broken_condition_is_left_out():
    broken = of_p1("Condition", "c", code={"text": 5})
    why = {"reasonReference": [{"reference": "Condition/c"}, {"display": "Fever"}]}
    request = of_p1("MedicationRequest", "r", medicationCodeableConcept=coded("ACT"), **why)
    [patient], [left] = read(bundle(PATIENT, broken, request))
    assert patient.entries[1].understood[0].reason == "Fever"
    assert left.where == "entry 2 (Condition/c)"


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ([{"given": ["x" * 400], "family": "y" * 400}], ""),
        ("A house", "A house"),
        ([{"prefix": ["Dr"], "given": ["Amina"], "family": "Nduta"}], "Dr Amina Nduta"),
        (5, ""),
    ],
)
def test_a_name_of_a_writer_that_cannot_be_read_counts_as_unknown(name, author):
    writer = {"resourceType": "Practitioner", "id": "d", "name": name}
    flag = of_p1("Flag", "f", code=coded("Deaf"), author={"reference": "Practitioner/d"})
    assert entries(writer, flag)[0].author == author

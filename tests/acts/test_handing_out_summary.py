"""A patient summary made at a real desk: sound to programs that did not make it, with no more in it
than whoever takes it may see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exports.document import ClinicalDocument
from exports.ips import write_ips
from exports.wording import English
from medilink.acts.hand_out import hand_out_record
from medilink.acts.receive import open_share
from medilink.acts.share import make_share_code
from medilink.desk import Desk
from medilink.handing_out import EVERYTHING_ASKED, Asked
from medilink.people import PatientId
from medilink.records import Section
from tests.acts.test_handing_out import SECRETS, in_care, write_everything
from tests.clinics import TestClinic
from tests.rules.medplum import medplum_errors


def summary(desk: Desk, patient: PatientId, asked: Asked = EVERYTHING_ASKED) -> bytes:
    handed = hand_out_record(desk, patient, asked, form="IPS")
    return write_ips(ClinicalDocument(handed, asked, b"12345", desk.who.title), English())


def reasons(bundle: bytes) -> dict[str, str]:
    """Why nothing stands in a section, by its code."""
    held: list[dict[str, Any]] = json.loads(bundle)["entry"][0]["resource"]["section"]
    return {
        each["code"]["coding"][0]["code"]: each["emptyReason"]["coding"][0]["code"]
        for each in held
        if "emptyReason" in each
    }


@pytest.mark.slow
def test_everything_that_can_be_written_here_makes_a_sound_summary(clinic: TestClinic) -> None:
    models = pytest.importorskip("fhir.resources.R4B")
    patient = clinic.register().patient.id
    doctor = in_care(clinic, patient)
    empty = summary(doctor, patient)
    write_everything(doctor, patient)
    full = summary(doctor, patient)
    bundles = [json.loads(each) for each in (empty, full)]
    for bundle in bundles:
        models.get_fhir_model_class("Bundle").model_validate(bundle)
    assert medplum_errors(bundles) == [[], []]
    assert set(reasons(empty).values()) == {"notasked"}
    assert reasons(full) == {}
    for said in ("Eggs", "Asthma", "Malaria", "Measles", "Suture", "Deaf", "11.20", "in a week"):
        assert said in full.decode()


def test_a_code_for_some_sections_makes_a_summary_of_those(clinic: TestClinic) -> None:
    slip = clinic.register()
    write_everything(in_care(clinic, slip.patient.id), slip.patient.id)
    shared = make_share_code(clinic.patient(slip), frozenset({Section.ALLERGIES}))
    stranger = clinic.provider()
    open_share(stranger, shared.qr)
    made = json.loads(summary(stranger, slip.patient.id))
    del made["meta"]["extension"]  # the head of the log: by chance its letters are anything
    assert [word for word in SECRETS if word in json.dumps(made)] == ["Eggs"]
    assert set(reasons(json.dumps(made).encode()).values()) == {"unavailable"}


def test_where_something_may_be_held_back_a_summary_does_not_say_that_nobody_asked(
    clinic: TestClinic,
) -> None:
    slip = clinic.register()
    shared = make_share_code(
        clinic.patient(slip), frozenset({Section.CONDITIONS, Section.MEDICATIONS})
    )
    stranger = clinic.provider()
    open_share(stranger, shared.qr)
    assert set(reasons(summary(stranger, slip.patient.id)).values()) == {"unavailable"}

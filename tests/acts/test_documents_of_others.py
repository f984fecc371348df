"""A document of another clinic: known by its key while that clinic belongs, and said when it does
not any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from exports.forms import Form
from exports.making import Chosen, Made, make_export
from exports.wording import English
from medilink.acts.check_document import check_document_code, check_document_file
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import own_id
from medilink.acts.register import record_patient_is_here
from medilink.desk import Desk
from medilink.document_check import Checked, State, Trust
from medilink.handing_out import Asked
from medilink.network import CERTIFICATE_DAYS
from tests.clinics import TestClinic
from tests.networks import three_clinics


@pytest.fixture
def clinics(tmp_path: Path) -> tuple[TestClinic, ...]:
    return three_clinics(tmp_path)


def document_of(clinic: TestClinic, form: Form = Form.JSON) -> Made:
    doctor, patient = clinic.provider(), clinic.register().patient.id
    record_patient_is_here(doctor, patient, "here for a visit")
    return make_export(doctor, patient, Chosen(Asked(), form, English()))


def checked(desk: Desk, made: Made) -> Checked:
    return check_document_file(desk, made.content)


def test_a_member_is_known_by_its_certificate(clinics: tuple[TestClinic, ...]) -> None:
    founder, other, _ = clinics
    made = document_of(other)
    found = checked(founder.admin, made)
    assert (found.state, found.signer.trust, found.sound) == (State.GENUINE, Trust.MEMBER, True)
    assert found.signer.name == other.desk.clinic.name
    code = made.content.decode().rsplit('"proof":"', 1)[1].split('"', 1)[0]
    assert check_document_code(founder.admin, code).signer.trust is Trust.MEMBER


def test_one_that_was_removed_is_said_to_be(clinics: tuple[TestClinic, ...]) -> None:
    founder, other, _ = clinics
    made = document_of(other)
    remove_clinic(founder.admin, own_id(other.desk))
    found = checked(founder.admin, made)
    assert (found.signer.trust, found.sound) == (Trust.REMOVED, False)
    assert found.signer.since == founder.desk.now


def test_one_whose_certificate_ended_is_said_to_be(clinics: tuple[TestClinic, ...]) -> None:
    founder, other, _ = clinics
    made = document_of(other)
    founder.clock.forward(days=CERTIFICATE_DAYS + 1)
    found = checked(founder.admin, made)
    assert (found.signer.trust, found.sound) == (Trust.EXPIRED, False)
    assert found.signer.since is not None

"""A record leaves as MediLink's own file and comes back in another clinic with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from exports.making import Form, Made, make_export, make_file
from exports.wording import English
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.check_document import check_document_file
from medilink.acts.hand_out import hand_out_record
from medilink.acts.register import record_patient_is_here
from medilink.desk import Desk
from medilink.document_check import State, Trust
from medilink.errors import ExportCancelled, FileChanged
from medilink.handing_out import Asked
from medilink.intake.own_record import signed_part
from medilink.people import PatientId
from tests.clinics import TestClinic, new_clinic
from tests.rules.fhir_bundles import FILES

ONE = PatientId(1)


@pytest.fixture
def other(tmp_path: Path) -> TestClinic:
    return new_clinic(tmp_path / "other")


def with_file(folder: Path, name: str, content: bytes) -> tuple[TestClinic, Desk]:
    """A clinic with one file taken in, and a doctor who has the patient in care."""
    clinic = new_clinic(folder)
    people, unread = read_file(clinic.admin, name, content)
    assert unread == []
    bring_in(clinic.admin, people, ImportReport())
    doctor = clinic.provider()
    record_patient_is_here(doctor, ONE, "here for a visit")
    return clinic, doctor


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_patient_leaves_and_comes_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    first, doctor = with_file(tmp_path / "first", path.name, path.read_bytes())
    made = make_export(doctor, ONE, Asked(), Form.JSON, English())
    second, colleague = with_file(tmp_path / "second", made.name, made.content)
    again = make_export(colleague, ONE, Asked(), Form.JSON, English())
    assert record_of(again) == record_of(made)
    assert before_record(again) == before_record(made)
    first.store.close()
    second.store.close()


def record_of(made: Made) -> bytes:
    """Everything that is said of the person, as it stands in the file."""
    return signed_part(made.content).split(b',\n"patient":', 1)[1]


def before_record(made: Made) -> dict[str, object]:
    """What is said of the document, without its number, which no two have."""
    about: dict[str, object] = json.loads(signed_part(made.content))["about"]
    return {key: value for key, value in about.items() if key != "number"}

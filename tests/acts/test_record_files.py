"""A record leaves as MediLink's own file and comes back in another clinic with nothing lost."""

from __future__ import annotations

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from pypdf import PdfReader

from exports.forms import Form
from exports.making import Chosen, Made, make_export
from exports.wording import English
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.check_document import check_document_file
from medilink.acts.register import record_patient_is_here
from medilink.audit import Act
from medilink.desk import Desk
from medilink.document_check import State, Trust
from medilink.errors import (
    ExportCancelled,
    FileChanged,
    FileLocked,
    FilePasswordWrong,
    SignerUnknown,
)
from medilink.handing_out import Asked
from medilink.intake.own_record import signed_part
from medilink.people import Patient, PatientId
from medilink.receiving import WholePerson
from medilink.store import LogFilter
from tests.clinics import TestClinic, new_clinic
from tests.rules.fhir_bundles import FILES

ONE = PatientId(1)


@pytest.fixture
def other(tmp_path: Path) -> TestClinic:
    return new_clinic(tmp_path / "other")


def with_file(folder: Path, name: str, content: bytes) -> tuple[TestClinic, Desk]:
    """A clinic with one file taken in, and a doctor who has the patient in care."""
    clinic = new_clinic(folder)
    people, unread = read_file(clinic.admin, name, content, strangers=True)
    assert unread == []
    bring_in(clinic.admin, people, ImportReport())
    doctor = clinic.provider()
    record_patient_is_here(doctor, ONE, "here for a visit")
    return clinic, doctor


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_patient_leaves_and_comes_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    first, doctor = with_file(tmp_path / "first", path.name, path.read_bytes())
    made = make_export(doctor, ONE, Chosen(Asked(), Form.JSON, English()))
    second, colleague = with_file(tmp_path / "second", made.name, made.content)
    again = make_export(colleague, ONE, Chosen(Asked(), Form.JSON, English()))
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


# ---- genuine, or where it is not


@pytest.fixture
def martha(tmp_path: Path) -> Desk:
    """A doctor with a record in care that came from elsewhere."""
    path = next(path for path in FILES if "Lemuel" in path.stem)
    return with_file(tmp_path / "clinic", path.name, path.read_bytes())[1]


def altered(made: bytes, random: Random) -> tuple[bytes, int]:
    """The file with one byte changed, and where."""
    at = random.randrange(len(made))
    other = random.choice([value for value in range(256) if value != made[at]])
    return made[:at] + bytes([other]) + made[at + 1 :], at


@pytest.mark.parametrize("form", list(Form), ids=lambda form: form.name)
def test_one_altered_byte_is_refused_and_found(form: Form, martha: Desk) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), form, English())).content
    assert check_document_file(martha, made).sound
    random = Random(form.value)
    for _ in range(170):  # in six forms a thousand
        changed, at = altered(made, random)
        found = check_document_file(martha, changed)
        assert found.state is not State.GENUINE, at
        assert found.changed, at


def test_a_change_is_told_by_the_entry_it_is_in(martha: Desk) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English())).content
    line = next(line for line in made.split(b"\n") if b'"type":"Condition"' in line)
    lied = made.replace(line, line.replace(b'"name":"', b'"name":"No '))
    assert lied != made
    told = [place.named for place in check_document_file(martha, lied).changed]
    assert any(named.startswith("Condition ") for named in told)
    assert len(told) <= 4
    with pytest.raises(FileChanged):
        read_file(martha, "lied.json", lied)


def test_a_document_of_a_clinic_nobody_knows_is_said_to_be(martha: Desk, other: TestClinic) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()))
    found = check_document_file(other.admin, made.content)
    assert (found.state, found.signer.trust, found.sound) == (State.GENUINE, Trust.UNKNOWN, False)
    assert found.signer.name == "Kisumu Clinic"
    assert len(found.signer.words.split()) == 6


def test_a_cancelled_export_leaves_nothing_but_its_entry(martha: Desk) -> None:
    def cancel(_done: int, _of: int) -> None:
        raise ExportCancelled

    with pytest.raises(ExportCancelled):
        make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()), progress=cancel)
    event, wanted = martha.event(Act.READ_LOG), LogFilter(acts=frozenset({Act.ISSUE}))
    [entry], _ = martha.store.log.list_entries(wanted, limit=1, audit=event)
    assert (entry.act, entry.outcome, entry.why) == (
        "issue a document",
        "refused",
        "export-cancelled",
    )


def test_the_log_says_of_a_file_which_reading_it_came_from(martha: Desk) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()))
    event = martha.event(Act.READ_LOG)
    wanted = LogFilter(acts=frozenset({Act.ISSUE, Act.EXPORT}))
    issued, read = martha.store.log.list_entries(wanted, limit=2, audit=event)[0]
    assert (issued.act, read.act) == ("issue a document", "export record")
    assert issued.extra["read"] == str(read.seq)
    assert issued.extra["sha256"] == hashlib.sha256(made.content).hexdigest()
    assert (read.extra["purpose"], read.extra["form"]) == ("patient copy", "MediLink JSON")


# ---- locked, and in every form that carries the record

STRONG = "lantern river mango quiet"


@pytest.mark.parametrize("locked", [False, True], ids=["open", "locked"])
@pytest.mark.parametrize("form", [Form.PDF, Form.JSON, Form.CSV, Form.EXCEL], ids=lambda f: f.name)
def test_the_record_comes_back_from_every_form_that_carries_it(
    form: Form, locked: bool, martha: Desk, tmp_path: Path
) -> None:
    password = STRONG if locked else ""
    made = make_export(martha, ONE, Chosen(Asked(), form, English(), password=password))
    second = new_clinic(tmp_path / "second")
    if locked:
        with pytest.raises(FileLocked):
            read_file(second.admin, made.name, made.content)
        with pytest.raises(FilePasswordWrong):
            read_file(second.admin, made.name, made.content, "mango mango mango")
    assert check_document_file(martha, made.content).sound
    people, _ = read_file(second.admin, made.name, made.content, password, strangers=True)
    bring_in(second.admin, people, ImportReport())
    colleague = second.provider()
    record_patient_is_here(colleague, ONE, "here for a visit")
    plain = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()))
    assert record_of(
        make_export(colleague, ONE, Chosen(Asked(), Form.JSON, English()))
    ) == record_of(plain)


def test_exports_made_at_the_same_time_do_not_meet(tmp_path: Path) -> None:
    """Two people at two desks, every form at once: each file is its own patient's, whole."""
    clinic = new_clinic(tmp_path / "clinic")
    doctor, patients = clinic.provider(), [clinic.register().patient for _ in range(2)]
    for patient in patients:
        record_patient_is_here(doctor, patient.id, "here for a visit")
    wanted = [(patient, form) for _ in range(3) for patient in patients for form in Form]

    def make(one: tuple[Patient, Form]) -> Made:
        return make_export(doctor, one[0].id, Chosen(Asked(), one[1], English()))

    with ThreadPoolExecutor(6) as hands:
        made = list(hands.map(make, wanted))
    assert len({one.number for one in made}) == len(wanted)
    for (patient, form), one in zip(wanted, made, strict=True):
        assert check_document_file(doctor, one.content).sound
        if form is Form.PDF:
            text = PdfReader(io.BytesIO(one.content)).pages[0].extract_text()
            assert patient.details.full_name in text
            assert patients[patient is patients[0]].details.full_name not in text


def test_a_file_of_an_unknown_clinic_waits_until_its_words_were_compared(
    martha: Desk, other: TestClinic
) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()))
    with pytest.raises(SignerUnknown) as told:
        read_file(other.admin, made.name, made.content)
    assert told.value.facts["clinic"] == "Kisumu Clinic"
    assert len(str(told.value.facts["words"]).split()) == 6
    assert read_file(other.admin, made.name, made.content, strangers=True)[0]
    assert read_file(martha, made.name, made.content)[0]


def test_a_strangers_file_hangs_nothing_on_another_person(martha: Desk, other: TestClinic) -> None:
    made = make_export(martha, ONE, Chosen(Asked(), Form.JSON, English()))
    [person], _ = read_file(other.admin, made.name, made.content, strangers=True)
    assert isinstance(person, WholePerson)
    bring_in(other.admin, [person], ImportReport())
    details = replace(person.details, given="Somebody", family="Else", birth_date="1950")
    report = bring_in(other.admin, [replace(person, details=details)], ImportReport())
    assert (report.people, report.entries, len(report.unread)) == (0, 0, 1)

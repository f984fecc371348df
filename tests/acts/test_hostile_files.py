"""Files made to deceive or to do harm: nothing they say is believed for being said well."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exports.forms import Form
from exports.making import Chosen, make_export
from exports.wording import English
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.check_document import check_document_code, check_document_file
from medilink.acts.issue import new_number, say_issued, sealed
from medilink.acts.network import own_key, say_here
from medilink.acts.register import record_patient_is_here
from medilink.desk import Desk
from medilink.document_check import State, Trust
from medilink.errors import FileChanged, FileUnreadable, MediLinkError
from medilink.handing_out import Asked, Purpose
from medilink.intake.own_record import signed_part
from medilink.people import PatientId
from medilink.proving import Container, say_seal, with_seal
from tests.clinics import TestClinic, new_clinic
from tests.rules.fhir_bundles import FILES
from ui.parts.document_words import state_sentence

ONE = PatientId(1)
NEW = "00000000-0000-4000-8000-00000000abcd"
SOON_S = 10.0  # on a slow laptop, for what took minutes


@pytest.fixture(scope="module")
def forger(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Somebody with a MediLink of their own."""
    return new_clinic(tmp_path_factory.mktemp("forger"), "Kisumu Clinic", "8KQ").admin


@pytest.fixture
def clinic(tmp_path: Path) -> TestClinic:
    made = new_clinic(tmp_path / "clinic")
    path = next(path for path in FILES if "Lemuel" in path.stem)
    people, _ = read_file(made.admin, path.name, path.read_bytes())
    bring_in(made.admin, people, ImportReport())
    return made


@pytest.fixture
def doctor(clinic: TestClinic) -> Desk:
    found = clinic.provider()
    record_patient_is_here(found, ONE, "here for a visit")
    return found


def export(desk: Desk, form: Form) -> bytes:
    return make_export(desk, ONE, Chosen(Asked(), form, English())).content


def signed_by(signer: Desk, made: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A record file with something changed, signed and sealed by whoever changed it."""
    record = json.loads(signed_part(made))
    change(record)
    about, person = json.dumps(record.pop("about")), json.dumps(record)[1:]
    body = f'{{"about":{about},\n{person}'.encode()
    digest = hashlib.sha256(body).digest()
    issued, proof = say_issued(signer, new_number(), Purpose.COPY, digest)
    issuer = {"clinic": "Kisumu Clinic", "key": own_key(signer).hex()}
    head = b'{"format":"medilink-record/1",\n"record":' + body
    end = f',\n"issuer":{json.dumps(issuer)},\n"proof":{json.dumps(proof)}}}\n'.encode()
    return sealed(signer, issued, Container.JSON, head + end, "MediLink JSON")


def in_force(desk: Desk, kind: str) -> set[str]:
    record = json.loads(signed_part(export(desk, Form.JSON)))
    entries = [one for one in record["entries"] if one["type"] == kind]
    return {one["name"] for one in entries if one.get("status") != "amended"}


def take(desk: Desk, file: bytes, name: str = "record.json") -> None:
    people, _ = read_file(desk, name, file, strangers=True)
    bring_in(desk, people, ImportReport())


# ---- taken in


@pytest.mark.parametrize("form", [Form.FHIR, Form.IPS], ids=lambda form: form.name)
def test_a_changed_bundle_of_this_clinic_does_not_come_in(
    form: Form, doctor: Desk, clinic: TestClinic
) -> None:
    made = export(doctor, form)
    assert read_file(clinic.admin, "bundle.json", made)[0]
    changed = made.replace(b"Lemuel", b"Samuel")
    with pytest.raises(FileChanged):
        read_file(clinic.admin, "bundle.json", changed)


def with_a_newer_condition(record: dict[str, Any]) -> None:
    old = next(one for one in record["entries"] if one["type"] == "Condition")
    record["entries"].append(
        old | {"uid": NEW, "replaces": old["uid"], "name": "never ill", "origin": "Kisumu Clinic"}
    )


def test_a_stranger_corrects_nothing_that_is_here(
    clinic: TestClinic, doctor: Desk, forger: Desk
) -> None:
    before = in_force(doctor, "Condition")
    take(clinic.admin, signed_by(forger, export(doctor, Form.JSON), with_a_newer_condition))
    assert in_force(doctor, "Condition") == before | {"never ill"}


def test_who_is_vouched_for_does(clinic: TestClinic, doctor: Desk) -> None:
    before = in_force(doctor, "Condition")
    made = export(doctor, Form.JSON)
    take(clinic.admin, signed_by(clinic.admin, made, with_a_newer_condition))
    now = in_force(doctor, "Condition")
    assert "never ill" in now
    assert not before <= now


def test_nothing_takes_the_place_of_something_of_another_kind(
    clinic: TestClinic, doctor: Desk
) -> None:
    def hide(record: dict[str, Any]) -> None:
        old = next(one for one in record["entries"] if one["type"] == "Condition")
        alert = {"type": "Alert", "uid": NEW, "at": old["at"], "text": "x", "replaces": old["uid"]}
        record["entries"].append(alert)

    before = in_force(doctor, "Condition")
    take(clinic.admin, signed_by(clinic.admin, export(doctor, Form.JSON), hide))
    assert in_force(doctor, "Condition") == before


@pytest.mark.parametrize(
    "lie",
    [
        {"birth_date": "1984-13-45"},
        {"birth_date": "1984-5-3"},
        {"birth_date": "x" * 100_000},
        {"phone": "+" * 10_000},
        {"registered_at": "0001-01-01T00:00:00+23:59"},
    ],
    ids=["no day", "not as written", "endless", "no phone", "before the calendar"],
)
def test_a_person_no_page_could_show_does_not_come_in(
    lie: dict[str, str], clinic: TestClinic, doctor: Desk, forger: Desk
) -> None:
    def change(record: dict[str, Any]) -> None:
        record["patient"] |= {"uid": NEW} | lie

    with pytest.raises(FileUnreadable):
        take(clinic.admin, signed_by(forger, export(doctor, Form.JSON), change))


@pytest.mark.parametrize("media", ["image/jpeg", "application/pdf", "text/html"])
def test_only_pictures_and_papers_come_in_as_such(
    media: str, clinic: TestClinic, doctor: Desk, forger: Desk
) -> None:
    def add(record: dict[str, Any]) -> None:
        paper = {"type": "Document", "uid": NEW, "at": "2026-01-01T00:00:00Z", "media": media}
        record["entries"].append(paper | {"title": "x"})
        record["attached"].append({"uid": NEW, "base64": "PHNjcmlwdD4="})

    with pytest.raises(FileUnreadable):
        take(clinic.admin, signed_by(forger, export(doctor, Form.JSON), add))


@pytest.mark.parametrize("text", ["NaN", "1e400", "1" * 5000, "\x00\x01", "(x) Tj ET Q", "\u202e"])
def test_what_no_menu_offers_can_still_leave(
    text: str, clinic: TestClinic, doctor: Desk, forger: Desk
) -> None:
    def add(record: dict[str, Any]) -> None:
        at = {"at": "0001-01-01T00:00:00Z"}
        record["patient"]["uid"] = NEW
        record["received"] = []
        record["entries"] = [
            {"type": "Profile", "uid": NEW, "blood": text, "donor": text, "reach": text} | at,
            {"type": "Immunization", "uid": NEW[:-1] + "e", "vaccine": text, "dose": text} | at,
            {"type": "Observation", "uid": NEW[:-1] + "f", "section": "vitals", "code": "8480-6"}
            | {"name": text, "value": text, "unit": text}
            | at,
        ]

    take(clinic.admin, signed_by(forger, export(doctor, Form.JSON), add))
    newcomer = PatientId(2)
    record_patient_is_here(doctor, newcomer, "here for a visit")
    for form in set(Form) - {Form.IPS}:  # of which it is said that it cannot be one
        made = make_export(doctor, newcomer, Chosen(Asked(), form, English()))
        assert check_document_file(clinic.admin, made.content).sound


# ---- looked at


def test_a_forgers_own_seal_is_not_taken_for_the_clinics(
    clinic: TestClinic, doctor: Desk, forger: Desk
) -> None:
    pdf = export(doctor, Form.PDF)
    bare = pdf[: pdf.rindex(b"%MLS:")]
    assert check_document_file(clinic.admin, bare).state is State.RESAVED
    issued, _ = say_issued(forger, new_number(), Purpose.COPY, bytes(32))
    forged = sealed(forger, issued, Container.PDF, bare + b"\n% more\n", "PDF")
    found = check_document_file(clinic.admin, forged)
    assert (found.signer.trust, found.sound, found.vouched) == (Trust.UNKNOWN, False, False)
    assert "enuine" not in state_sentence(found)
    own = signed_by(forger, export(doctor, Form.JSON), lambda _record: None)
    again = check_document_file(clinic.admin, own[: own.rindex(b',\n"seal"')] + b"}\n")
    assert (again.state, again.vouched) == (State.RESAVED, False)
    assert "enuine" not in state_sentence(again)


def test_a_code_says_nothing_of_the_page_it_stands_on(clinic: TestClinic, doctor: Desk) -> None:
    proof = json.loads(export(doctor, Form.JSON))["proof"]
    assert "Genuine and unchanged" not in state_sentence(check_document_code(doctor, proof))
    whole = check_document_file(doctor, export(doctor, Form.PDF))
    assert state_sentence(whole) == "Genuine and unchanged."


def test_a_record_names_nobody_who_only_works_here(clinic: TestClinic, doctor: Desk) -> None:
    clinic.provider("Someone Else")
    for form in Form:
        assert b"Someone Else" not in export(doctor, form)
    assert json.loads(signed_part(export(doctor, Form.JSON)))["about"]["standings"]


def busy(container: Container) -> bytes:
    begin, more = {
        Container.JSON: (b"{", b"\n"),
        Container.ZIP: (b"PK\x03\x04", b"PK\x03\x04"),
        Container.FHIR: (b'{"resourceType":', b'{"fullUrl":'),
        Container.PDF: (b"%PDF-1.7\n", b"1 0 obj\n"),
    }[container]
    return begin + more * (2_000_000 // len(more))


@pytest.mark.parametrize("container", list(Container), ids=lambda one: one.name)
def test_a_file_of_nothing_but_beginnings_is_looked_through_soon(
    container: Container, clinic: TestClinic, forger: Desk
) -> None:
    content = busy(container)
    issued, _ = say_issued(forger, new_number(), Purpose.COPY, bytes(32))
    says = say_seal(content, issued, form="x", clinic="x", signing=own_key(forger))
    says = says._replace(digest=bytes(32), piece=512, pieces=(bytes(8),) * 1000)
    began = time.monotonic()
    found = check_document_file(clinic.admin, with_seal(container, content, say_here(forger, says)))
    assert time.monotonic() - began < SOON_S
    assert found.state is State.CHANGED
    assert found.changed


def test_of_a_record_only_the_proof_is_read_to_check_it(clinic: TestClinic) -> None:
    deep = b'{"format":"medilink-record/1",\n"record":{"about":{"clinic":"x"},\n"patient":'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("record.json", deep + b"[]," * 20_000_000 + b',\n"issuer":{}}\n')
    began = time.monotonic()
    found = check_document_file(clinic.admin, packed.getvalue())
    assert time.monotonic() - began < SOON_S
    assert found.state is State.NO_PROOF


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/EmbeddedFiles", b"/EmbeddedFilex"),
        (b"/Names [", b"/Names  "),
        (b"/Type /Filespec", b"/Type [/Filespec"),
        (b"/EF <<", b"/EF ()"),
        (b"/Root", b"/Rxxt"),
        (b"/Size", b"/Sizx"),
        (b"trailer", b"trailxr"),
        (b"/Params <<", b"/Filter /Y"),
    ],
)
def test_a_broken_pdf_is_told_and_breaks_nothing(
    old: bytes, new: bytes, doctor: Desk, clinic: TestClinic
) -> None:
    pdf = export(doctor, Form.PDF)
    broken = pdf[: pdf.rindex(b"%MLS:")].replace(old, new)
    found = check_document_file(clinic.admin, broken)
    assert found.state in (State.RESAVED, State.NO_PROOF)
    try:
        read_file(clinic.admin, "broken.pdf", broken)
    except MediLinkError as told:
        assert told.sentence

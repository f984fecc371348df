"""What MediLink signs is checked by libraries that did not sign it; what it writes fits the schema
it publishes."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import base45
import cbor2
import pytest
from jsonschema import Draft202012Validator
from pycose.keys import OKPKey
from pycose.messages import Sign1Message

from exports.forms import Form
from exports.making import Chosen, make_export
from exports.qr import fits_one_code
from exports.wording import English
from medilink.acts.network import own_key
from medilink.acts.register import record_patient_is_here
from medilink.desk import Desk
from medilink.handing_out import Asked
from medilink.record_form import KINDS
from tests.acts.test_record_files import ONE, with_file
from tests.clinics import new_clinic
from tests.rules.fhir_bundles import FILES

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "formats" / "record.schema.json").read_text("utf-8")
)
LARGEST_CODE = 9  # QR version at level M: a stamp of 31 mm on paper


@pytest.fixture
def doctor(tmp_path: Path) -> Desk:
    clinic = new_clinic(tmp_path / "clinic")
    clinic.register()
    desk = clinic.provider()
    record_patient_is_here(desk, ONE, "here for a visit")
    return desk


def verified(desk: Desk, cose: bytes) -> list[Any]:
    """The fields of a statement, after pycose has found the signature good and a wrong key bad."""
    tagged = cbor2.loads(cose)
    assert tagged.tag == 18
    protected, unprotected, payload, signature = tagged.value
    parts = [protected, dict(unprotected), payload, signature]
    message = Sign1Message.from_cose_obj(parts, True)
    public = own_key(desk)
    message.key = OKPKey(crv="ED25519", x=public, optional_params={"ALG": "EDDSA"})
    assert message.verify_signature()
    other = bytes([public[0] ^ 1]) + public[1:]
    message.key = OKPKey(crv="ED25519", x=other, optional_params={"ALG": "EDDSA"})
    assert not message.verify_signature()
    fields: list[Any] = cbor2.loads(message.payload)
    return fields


def test_another_library_checks_the_code_and_the_seal(doctor: Desk) -> None:
    file = make_export(doctor, ONE, Chosen(Asked(), Form.JSON, English())).content
    whole = json.loads(file)
    signed = file.split(b',\n"record":', 1)[1].rsplit(b',\n"issuer":', 1)[0]
    number, _, purpose, _, digest = verified(doctor, base45.b45decode(whole["proof"][4:]))
    assert (number, purpose, digest) == (23, 1, hashlib.sha256(signed).digest())
    assert fits_one_code(whole["proof"], LARGEST_CODE)
    sealed = file.rsplit(b',\n"seal":', 1)[0]
    fields = verified(doctor, base45.b45decode(whole["seal"][4:]))
    assert fields[0] == 24
    assert fields[7:9] == [len(sealed), hashlib.sha256(sealed).digest()]


def test_another_library_checks_a_bundle(doctor: Desk) -> None:
    file = make_export(doctor, ONE, Chosen(Asked(), Form.FHIR, English())).content
    signature = json.loads(file)["signature"]
    assert signature["sigFormat"] == "application/cose"
    sealed = file.rsplit(b',"signature":', 1)[0]
    assert verified(doctor, b64decode(signature["data"]))[8] == hashlib.sha256(sealed).digest()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_record_file_fits_the_schema(path: Path, tmp_path: Path) -> None:
    _, desk = with_file(tmp_path / "clinic", path.name, path.read_bytes())
    made = make_export(desk, ONE, Chosen(Asked(), Form.JSON, English()))
    Draft202012Validator(SCHEMA).validate(json.loads(made.content))


def test_the_schema_knows_every_field() -> None:
    for name, kind in KINDS.items():
        known = set(SCHEMA["$defs"][name]["properties"])
        assert known == {"type", *kind._fields}, name

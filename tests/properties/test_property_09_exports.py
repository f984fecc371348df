"""Property 9: exports are complete and filtered.

For all rights, sections, dates and private matters: every form of file holds every entry that is
asked for and may be seen, and nothing else; it is signed, its code can be checked, and what is
measured stands in charts where they apply. Against the real store.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from exports.forms import KINDS, Form
from exports.making import Chosen, Made, make_export
from exports.wording import English
from medilink.acts.check_document import check_document_code, check_document_file
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import revoke_code
from medilink.acts.standing import share_with
from medilink.desk import Desk
from medilink.errors import NoRight
from medilink.handing_out import Asked, Purpose
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import EVERYTHING, Scope
from medilink.sharing import SHARES_PER_DAY, Grant
from tests.clinics import TestClinic, new_clinic, own_id
from tests.properties.planted import PLANTED, Planted, allowed, scopes, write_planted
from ui.reading import read_codes

READ_IN_TURN = (Form.PDF, Form.JSON, Form.CSV, Form.EXCEL, Form.FHIR)
# What a summary for other programs does not carry by its standard (docs/formats/ips.md).
NOT_IN_SUMMARY = frozenset({Section.VISITS, Section.CONTACTS, Section.INSURANCE})


@dataclass(repr=False)
class House:
    """A patient with the planted record, the doctor in care, and one who sees what is shared."""

    clinic: TestClinic
    patient: Desk
    carer: Desk
    named: Desk
    shared: int = 0

    def share(self, scope: Scope) -> Grant:
        """A patient shares so often a day at most; then it is the next day."""
        if self.shared == SHARES_PER_DAY - 1:
            self.shared = 0
            self.clinic.clock.forward(days=1)
            record_patient_is_here(self.carer, self.id, "visit")
        self.shared += 1
        return share_with(self.patient, self.named.who.id, scope)

    @property
    def id(self) -> PatientId:
        return own_id(self.patient)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    clinic = new_clinic(tmp_path_factory.mktemp("exports") / "clinic")
    made = House(clinic, clinic.patient(), clinic.provider("Carer"), clinic.provider("Named"))
    record_patient_is_here(made.carer, made.id, "visit")
    write_planted(made.carer, made.id)
    yield made
    clinic.store.close()


def asked_by(scope: Scope, purpose: Purpose = Purpose.COPY) -> Asked:
    return Asked(purpose, scope.sections, scope.since, scope.until, sensitive=scope.sensitive)


def text_of(made: Made) -> str:
    """Everything that can be read in a file, also in what lies inside it."""
    content = made.content
    if made.name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(content))
        inside = [body.decode() for bodies in reader.attachments.values() for body in bodies]
        return "\n".join([*(page.extract_text() for page in reader.pages), *inside])
    if made.name.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(content))
        cells = (
            cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
        return "\n".join(str(cell) for cell in cells if cell is not None)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode() for name in packed.namelist())
    return content.decode()


many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(granted=scopes | st.just(EVERYTHING), wanted=scopes, form=st.sampled_from(READ_IN_TURN))
def test_property_09_an_export_holds_what_is_asked_for_and_may_be_seen(
    house: House, granted: Scope, wanted: Scope, form: Form
) -> None:
    grant = house.share(granted)
    try:
        made = make_export(house.named, house.id, Chosen(asked_by(wanted), form, English()))
    finally:
        revoke_code(house.patient, grant.id)
    assert check_document_file(house.named, made.content).sound
    read = text_of(made)
    for planted in PLANTED:
        may = allowed(planted, granted) and allowed(planted, wanted)
        assert (planted.word in read) == may, (form, planted)
    with pytest.raises(NoRight):
        make_export(house.named, house.id, Chosen(asked_by(wanted), form, English()))


@many
@given(wanted=scopes, form=st.sampled_from([Form.PDF, Form.JSON, Form.CSV]))
def test_property_09_a_patient_takes_along_what_they_ask_for(
    house: House, wanted: Scope, form: Form
) -> None:
    made = make_export(house.patient, house.id, Chosen(asked_by(wanted), form, English()))
    assert check_document_file(house.patient, made.content).sound
    read = text_of(made)
    for planted in PLANTED:
        assert (planted.word in read) == allowed(planted, wanted), (form, planted)


@settings(many, max_examples=30)
@given(wanted=scopes)
def test_property_09_a_summary_says_nothing_that_was_not_asked_for(
    house: House, wanted: Scope
) -> None:
    made = make_export(house.patient, house.id, Chosen(asked_by(wanted), Form.IPS, English()))
    assert check_document_file(house.patient, made.content).sound
    for planted in PLANTED:
        said = planted.word in made.content.decode()
        assert allowed(planted, wanted) or not said, planted
        assert said or not _stands_in_summary(planted, wanted), planted


def _stands_in_summary(planted: Planted, wanted: Scope) -> bool:
    return planted.section not in NOT_IN_SUMMARY and allowed(planted, wanted)


def test_property_09_every_page_of_paper_and_its_code(house: House) -> None:
    whole = asked_by(Scope(ALL_SECTIONS, EVERYTHING.sensitive))
    made = make_export(house.patient, house.id, Chosen(whole, Form.PDF, English()))
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]
    for number, text in enumerate(texts, start=1):
        assert f"page {number} of {len(texts)}" in text
        assert made.number in text
    codes = [code for page in _pictures(made.content) for code in read_codes(page)]
    [code] = [code for code in codes if code.startswith("MLV:")]
    found = check_document_code(house.patient, code)
    assert found.sound
    assert found.words in " ".join(" ".join(texts).split())


def _pictures(pdf: bytes) -> Iterator[bytes]:
    """The pages as a printer would draw them, 150 dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        out = io.BytesIO()
        page.render(scale=150 / 72).to_pil().save(out, "PNG")
        page.close()
        yield out.getvalue()
    document.close()


def test_property_09_every_form_is_looked_at() -> None:
    assert set(KINDS) == {*READ_IN_TURN, Form.IPS}

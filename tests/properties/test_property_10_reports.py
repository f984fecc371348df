"""Property 10: provider reports respect purpose and privacy.

For all providers, grants, purposes and choices: nothing stands in a letter, or leaves beside it,
that its author may not see or did not want to send; what they may see and the purpose needs stands
in it. Against the real store. Each thing in the record is called by a word of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.document import LetterPart
from exports.letters import Author, draft_letter
from exports.wording import English
from medilink.acts.hand_out import hand_out_record
from medilink.acts.letters import begin_letter
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import revoke_code
from medilink.acts.standing import share_with, share_with_clinic
from medilink.choices import SECTION_WORDS
from medilink.desk import Desk
from medilink.errors import MediLinkError, NoRight, Refused
from medilink.handing_out import LETTERS, Asked, Purpose
from medilink.people import PatientId
from medilink.records import Record
from medilink.scopes import Scope
from medilink.sharing import SHARES_PER_DAY, Grant
from medilink.summing_up.summary import EXPECTED, Summary
from tests.clinics import TestClinic, new_clinic, own_id
from tests.properties.planted import PLANTED, allowed, scopes, write_planted


@dataclass(repr=False)
class House:
    """A patient may share so often a day: then another one with the same record takes over."""

    clinic: TestClinic
    patient: Desk
    carer: Desk
    named: Desk
    colleague: Desk
    shared: int = 0

    def share(self, to: str, scope: Scope) -> Grant:
        if self.shared == SHARES_PER_DAY:
            self.shared, self.patient = 0, self.clinic.patient()
            record_patient_is_here(self.carer, self.id, "visit")
            write_planted(self.carer, self.id)
        self.shared += 1
        if to == "named":
            return share_with(self.patient, self.named.who.id, scope)
        return share_with_clinic(self.patient, scope)

    @property
    def id(self) -> PatientId:
        return own_id(self.patient)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    clinic = new_clinic(tmp_path_factory.mktemp("letters") / "clinic")
    patient = clinic.patient()
    people = [clinic.provider(name) for name in ("Carer", "Named", "Colleague")]
    made = House(clinic, patient, *people)
    record_patient_is_here(made.carer, made.id, "visit")
    write_planted(made.carer, made.id)
    yield made
    clinic.store.close()


def said(letter: tuple[LetterPart, ...]) -> str:
    return "\n".join(f"{part.heading}\n{part.text}" for part in letter)


def words_in(record: Record) -> str:
    return repr([*record.entries(), *record.versions])


many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(
    granted=scopes,
    wanted=scopes,
    purpose=st.sampled_from(LETTERS),
    to=st.sampled_from(["named", "clinic"]),
)
def test_property_10_a_letter_says_what_its_author_may_see_and_nothing_else(
    house: House, granted: Scope, wanted: Scope, purpose: Purpose, to: str
) -> None:
    asked = Asked(purpose, wanted.sections, wanted.since, wanted.until, sensitive=wanted.sensitive)
    grant = house.share(to, granted)
    author = house.named if to == "named" else house.colleague
    try:
        begun = begin_letter(author, house.id, asked)
        letter = said(_letter(purpose, begun.summary, author))
        left = words_in(hand_out_record(author, house.id, asked).record)
    finally:
        revoke_code(house.patient, grant.id)
    for planted in PLANTED:
        may = allowed(planted, granted) and allowed(planted, wanted)
        assert may or planted.word not in letter, planted
        assert (planted.word in left) == may, planted
        if may and purpose in planted.needed:
            assert planted.word in letter, planted
    for section in EXPECTED:
        line = next((line for line in letter.splitlines() if line.startswith("Not seen by")), "")
        named = SECTION_WORDS[section] in line.partition(":")[2].strip().split(", ")
        assert named == (section not in granted.sections)
    with pytest.raises(NoRight):
        begin_letter(author, house.id, asked)


@many
@given(wanted=scopes, purpose=st.sampled_from(LETTERS))
def test_property_10_whoever_treats_the_patient_chooses_what_goes_along(
    house: House, wanted: Scope, purpose: Purpose
) -> None:
    asked = Asked(purpose, wanted.sections, wanted.since, wanted.until, sensitive=wanted.sensitive)
    begun = begin_letter(house.carer, house.id, asked)
    letter = said(_letter(purpose, begun.summary, house.carer))
    for planted in PLANTED:
        may = allowed(planted, wanted)
        assert may or planted.word not in letter, planted
        if may and purpose in planted.needed:
            assert planted.word in letter, planted
    assert "Not seen by the author" not in letter
    assert ("Left out by the author" in letter) == (not wanted.sections >= set(EXPECTED))


@pytest.mark.parametrize("purpose", LETTERS)
def test_property_10_nobody_else_writes_a_letter(house: House, purpose: Purpose) -> None:
    stranger, other = house.clinic.provider("Stranger"), house.clinic.patient()
    for desk in (stranger, house.clinic.admin, other, house.patient):
        before = house.clinic.store.log.head().seq
        with pytest.raises(Refused):
            begin_letter(desk, house.id, Asked(purpose))
        rows = [row for row in house.clinic.store.log.rows() if row.seq > before]
        assert any(row.outcome == "refused" for row in rows)
    with pytest.raises(MediLinkError):
        begin_letter(house.clinic.desk, house.id, Asked(purpose))


def _letter(purpose: Purpose, summary: Summary, author: Desk) -> tuple[LetterPart, ...]:
    who = Author(author.who.title, author.clinic.name)
    return draft_letter(purpose, summary, English(), who)

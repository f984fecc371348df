"""Property 10: provider reports respect purpose and privacy.

For all providers, grants, purposes and choices: nothing stands in a letter, or leaves beside it,
that its author may not see or did not want to send; what they may see and the purpose needs stands
in it. Against the real store. Each thing in the record is called by a word of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

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
from medilink.acts.write_record import add_entry
from medilink.acts.write_results import add_result
from medilink.acts.write_visit import write_visit
from medilink.choices import SECTION_WORDS
from medilink.desk import Desk
from medilink.errors import MediLinkError, NoRight, Refused
from medilink.handing_out import LETTERS, Asked, Purpose
from medilink.laboratory import check_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Record, Section
from medilink.scopes import ALL_SENSITIVE, Scope
from medilink.sensitive import Sensitive
from medilink.sharing import SHARES_PER_DAY, Grant
from medilink.summing_up.summary import EXPECTED, Summary
from medilink.visits import NewVisit
from tests.clinics import START, TestClinic, new_clinic, own_id

NONE: frozenset[Sensitive] = frozenset()
HIV, MENTAL = frozenset({Sensitive.HIV}), frozenset({Sensitive.MENTAL_HEALTH})
OLD, RECENT = START - timedelta(days=200), START - timedelta(hours=2)
BETWEEN = int((START - timedelta(days=100)).timestamp() * 1000)
WRITTEN = frozenset({Purpose.REFERRAL, Purpose.CONSULTATION, Purpose.DISCHARGE})
EVERY = frozenset(LETTERS)


class Planted(NamedTuple):
    """A word, where it stands, what it is about; when it happened (None: it is so today); and in
    which letters it must stand where it may."""

    word: str
    section: Section
    about: frozenset[Sensitive] = NONE
    when: datetime | None = None
    needed: frozenset[Purpose] = frozenset()


PLANTED = (
    Planted("tahadharizo", Section.ALERTS, needed=EVERY),
    Planted("mzioneno", Section.ALLERGIES, needed=EVERY),
    Planted("ugonjwaneno", Section.CONDITIONS, needed=EVERY),
    Planted("siriukimwi", Section.CONDITIONS, HIV, needed=EVERY),
    Planted("dawaneno", Section.MEDICATIONS, needed=EVERY),
    Planted("siriakili", Section.MEDICATIONS, MENTAL, needed=EVERY),
    Planted("ziarampya", Section.VISITS, when=RECENT, needed=EVERY),
    Planted("mpangowazi", Section.VISITS, when=RECENT, needed=WRITTEN),
    Planted("rudikesho", Section.VISITS, when=RECENT, needed=frozenset({Purpose.DISCHARGE})),
    Planted("38.91", Section.VITALS, when=RECENT, needed=EVERY),
    Planted("ziarakale", Section.VISITS, when=OLD),
    Planted("ziarasiri", Section.VISITS, HIV, when=OLD),
    Planted("51.23", Section.VITALS, HIV, when=OLD),
    Planted("6.66", Section.RESULTS, when=START, needed=EVERY),
    Planted("chanjoneno", Section.IMMUNISATIONS, when=START),
    Planted("utaratibuneno", Section.PROCEDURES, when=START, needed=frozenset({Purpose.REFERRAL})),
    Planted("bimaneno", Section.INSURANCE),
    Planted("jamaaneno", Section.CONTACTS),
)  # fmt: skip


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
            _fill(self.carer, self.id)
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
    _fill(made.carer, made.id)
    yield made
    clinic.store.close()


def _fill(carer: Desk, who: PatientId) -> None:
    old, recent = (int(at.astimezone(UTC).timestamp() * 1000) for at in (OLD, RECENT))
    write_visit(carer, who, NewVisit(reason="ziarakale", at=old))
    secret = NewVisit(reason="HIV clinic ziarasiri", vitals={"29463-7": "51.23"}, at=old - 9)
    write_visit(carer, who, secret)
    visit = NewVisit(
        reason="ziarampya", plan="mpangowazi", follow_up="rudikesho", at=recent,
        vitals={"8310-5": "38.91"},
    )  # fmt: skip
    write_visit(carer, who, visit)
    for section, typed in (
        (Section.ALERTS, {"text": "tahadharizo"}),
        (Section.ALLERGIES, {"substance": "mzioneno"}),
        (Section.CONDITIONS, {"name": "ugonjwaneno"}),
        (Section.CONDITIONS, {"name": "HIV infection siriukimwi"}),
        (Section.MEDICATIONS, {"name": "dawaneno", "dose": "1 tablet"}),
        (Section.MEDICATIONS, {"name": "Fluoxetine siriakili", "dose": "20 mg"}),
        (Section.IMMUNISATIONS, {"vaccine": "chanjoneno"}),
        (Section.PROCEDURES, {"name": "utaratibuneno"}),
        (Section.INSURANCE, {"insurer": "bimaneno"}),
        (Section.CONTACTS, {"name": "jamaaneno", "phone": "0712345678"}),
    ):
        add_entry(carer, who, section, typed)
    haemoglobin = TEST_BY_CODE["718-7"]
    add_result(carer, who, haemoglobin, check_result(haemoglobin, "6.66"))


def allowed(planted: Planted, scope: Scope) -> bool:
    """What a scope lets through, told once more in plain words."""
    if planted.section not in scope.sections or not planted.about <= scope.sensitive:
        return False
    at = None if planted.when is None else int(planted.when.timestamp() * 1000)
    if at is None:
        return True
    since, until = scope.since, scope.until
    return (since is None or at >= since) and (until is None or at < until)


def said(letter: tuple[LetterPart, ...]) -> str:
    return "\n".join(f"{part.heading}\n{part.text}" for part in letter)


def words_in(record: Record) -> str:
    return repr([*record.entries(), *record.versions])


sections = st.frozensets(st.sampled_from(list(Section)), min_size=1) | st.just(ALL_SECTIONS)
private = st.frozensets(st.sampled_from(list(Sensitive))) | st.just(ALL_SENSITIVE)
dates = st.sampled_from([(None, None), (None, None), (BETWEEN, None), (None, BETWEEN)])
scopes = st.builds(lambda parts, about, when: Scope(parts, about, *when), sections, private, dates)
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

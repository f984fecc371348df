"""One patient's record as an old backup has it: seen by who may read it today, brought back as it
was, nobody else's shown, and nothing of the copy left."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backup.folder import Home
from backup.ledger import AtPlace, Remembered
from backup.looking_back import Offered, backups_at, look_back
from backup.scratch import FOLDER
from database.engine import open_raw
from medilink.acts.bring_back import bring_back, compare_with_today
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.documents import add_document, open_document
from medilink.acts.emergency import break_glass
from medilink.acts.merge import undo_merge
from medilink.acts.profile import see_changes
from medilink.acts.read_record import open_record
from medilink.acts.register import Slip, record_patient_is_here
from medilink.acts.standing import share_with
from medilink.acts.write_record import add_entry, correct_entry, state_absence, strike_entry
from medilink.audit import Act, AuditEntry, Outcome, open_entry
from medilink.bringing_back import Past, everything
from medilink.desk import Desk
from medilink.errors import (
    EditedMeanwhile,
    MediLinkError,
    NoRight,
    NothingToBringBack,
    NotInBackup,
    ReasonMissing,
    Refused,
)
from medilink.people import PatientDetails, PatientId, Sex
from medilink.records import ALL_SECTIONS, Record, Section
from medilink.scopes import ALL_SENSITIVE, EVERYTHING, Scope
from tests.acts.test_importing import BUNDLE
from tests.acts.test_writing_entries import picture
from tests.backup.backed_up import BackedUp, backed_up
from tests.clinics import DATA_KEY, new_clinic
from tests.properties.planted import write_planted

WHY = "lost when two registrations were merged"


@dataclass
class Ward:
    """A patient with a record, the doctor who treats them, and a backup."""

    world: BackedUp
    doctor: Desk
    patient: PatientId
    slip: Slip | None = None

    def past(self, by: Desk | None = None, patient: PatientId | None = None) -> Past:
        return look_back(
            by or self.doctor, self.world.clinic.folder, self.offered, patient or self.patient
        )

    def back_up(self) -> None:
        self.offered = Offered(Home(self.world.stick), self.world.take())

    @property
    def record(self) -> Record:
        return open_record(self.doctor, self.patient).record

    def lose(self, uids: Collection[bytes]) -> None:
        """As no page of MediLink can: what a fault would do."""
        self.sql("DELETE FROM entry WHERE uid = ?", [(uid,) for uid in uids])

    def sql(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        raw = open_raw(self.world.clinic.store_file, DATA_KEY)
        raw.executemany(statement, rows)
        raw.close()

    def entries_of(self, act: Act) -> list[AuditEntry]:
        rows = self.world.clinic.store.log.rows()
        return [open_entry(row) for row in rows if row.act == act]


@pytest.fixture
def ward(kisumu: BackedUp) -> Ward:
    doctor, slip = kisumu.clinic.provider(), kisumu.clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "visit")
    ward = Ward(kisumu, doctor, slip.patient.id, slip)
    add_entry(doctor, ward.patient, Section.ALLERGIES, {"substance": "penicillin"})
    add_entry(doctor, ward.patient, Section.CONDITIONS, {"name": "asthma"})
    ward.back_up()
    return ward


def uids_of(record: Record) -> set[bytes]:
    return {entry.uid for entry in everything(record)}


def all_back(ward: Ward, past: Past) -> int:
    lost = compare_with_today(ward.doctor, past).lost
    return bring_back(ward.doctor, past, {one.entry.uid for one in lost}, WHY)


# ---- what comes back is what was


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_part_that_is_lost_comes_back_as_it_was(data: st.DataObject, rich: Ward) -> None:
    """Entries of every kind, corrected ones, with what other systems sent."""
    before, past = rich.record, rich.seen
    gone = data.draw(st.sets(st.sampled_from(sorted(uids_of(before)))))
    rich.lose(gone)
    if gone:
        assert all_back(rich, past)
    assert rich.record == before
    assert compare_with_today(rich.doctor, past).lost == ()


@dataclass
class Rich(Ward):
    seen: Any = None


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rich]:
    world = backed_up(new_clinic(tmp_path_factory.mktemp("rich")))
    people, _ = read_file(world.clinic.admin, "a.json", json.dumps(BUNDLE).encode())
    bring_in(world.clinic.admin, people, ImportReport())
    [patient] = world.clinic.store.patients.of_everybody()
    doctor = world.clinic.provider()
    record_patient_is_here(doctor, patient, "visit")
    rich = Rich(world, doctor, patient)
    write_planted(doctor, patient)
    add_document(doctor, patient, title="Referral", kind="Letter", body=picture())
    for number in range(3):
        made = add_entry(doctor, patient, Section.ALLERGIES, {"substance": f"drug {number}"})
        for more in range(number):
            world.clinic.clock.forward(minutes=1)
            typed = {"substance": f"drug {number}, version {more}"}
            made = correct_entry(doctor, patient, made, typed, "misspelt")
    rich.back_up()
    rich.seen = rich.past()
    yield rich
    world.clinic.store.close()


def test_documents_and_what_other_systems_sent_come_back(rich: Rich) -> None:
    def originals() -> list[bytes]:
        event = rich.doctor.event(Act.EXPORT, rich.patient)
        store = rich.world.clinic.store
        return [one.body for one in store.records.received(rich.patient, audit=event)[0]]

    before, sent = rich.record, originals()
    [paper] = before.documents
    body = open_document(rich.doctor, rich.patient, paper.uid)
    rich.lose(uids_of(before))
    rich.sql("DELETE FROM received", [()])
    rich.sql("DELETE FROM document_body", [()])
    all_back(rich, rich.past())
    assert rich.record == before
    assert open_document(rich.doctor, rich.patient, paper.uid) == body
    gave = {one.original.body for one in rich.seen.originals if one.entries}
    assert gave
    assert gave <= set(originals()) <= set(sent)


def test_a_store_that_went_back_gets_the_correction_again(ward: Ward) -> None:
    [allergy] = ward.record.allergies
    typed = {"substance": "penicillin", "reaction": "rash"}
    corrected = correct_entry(ward.doctor, ward.patient, allergy, typed, "reaction known")
    ward.back_up()
    before, past = ward.record, ward.past()
    ward.lose({corrected.uid})
    ward.sql("UPDATE entry SET status = 'active' WHERE uid = ?", [(allergy.uid,)])
    [lost] = compare_with_today(ward.doctor, past).lost
    assert lost.entry == corrected
    bring_back(ward.doctor, past, {corrected.uid}, WHY)
    assert ward.record == before


def test_what_was_corrected_since_stays_corrected(ward: Ward) -> None:
    [allergy] = ward.record.allergies
    past = ward.past()
    correct_entry(ward.doctor, ward.patient, allergy, {"substance": "amoxicillin"}, "misheard")
    assert compare_with_today(ward.doctor, past).lost == ()
    ward.lose({allergy.uid})
    all_back(ward, past)
    assert [one.substance for one in ward.record.allergies] == ["amoxicillin"]
    assert [one.status for one in ward.record.versions] == ["amended"]


def test_what_was_struck_by_mistake_counts_again_and_the_strike_is_kept(ward: Ward) -> None:
    before = ward.record
    [allergy] = before.allergies
    past = ward.past()
    strike_entry(ward.doctor, ward.patient, allergy, "wrong patient")
    [lost] = compare_with_today(ward.doctor, past).lost
    assert (lost.entry, lost.today and lost.today.status) == (allergy, "entered-in-error")
    bring_back(ward.doctor, past, {allergy.uid}, WHY)
    assert ward.record == before
    told = {(line.field, line.old) for line in see_changes(ward.doctor, ward.patient)}
    assert {("status", "entered-in-error"), ("why", "wrong patient")} <= told


def test_no_known_allergies_ends_where_one_comes_back(ward: Ward) -> None:
    [allergy] = ward.record.allergies
    past = ward.past()
    ward.lose({allergy.uid})
    state_absence(ward.doctor, ward.patient, Section.ALLERGIES)
    bring_back(ward.doctor, past, {allergy.uid}, WHY)
    active = [one for one in ward.record.allergies if one.status == "active"]
    assert active == [allergy]


def test_only_what_is_ticked_comes_back_and_once(ward: Ward) -> None:
    [allergy], [asthma] = ward.record.allergies, ward.record.conditions
    past = ward.past()
    ward.lose({allergy.uid, asthma.uid})
    with pytest.raises(ReasonMissing):
        bring_back(ward.doctor, past, {allergy.uid}, "  ")
    with pytest.raises(NothingToBringBack):
        bring_back(ward.doctor, past, set(), WHY)
    assert bring_back(ward.doctor, past, {allergy.uid, b"another's uid 16"}, WHY) == 1
    assert ward.record.conditions == ()
    with pytest.raises(NothingToBringBack):
        bring_back(ward.doctor, past, {allergy.uid}, WHY)


def test_two_who_bring_back_at_the_same_moment(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    [allergy] = ward.record.allergies
    past, stale = ward.past(), ward.record
    ward.lose({allergy.uid})
    gone = ward.record
    bring_back(ward.doctor, past, {allergy.uid}, WHY)
    assert ward.record == stale
    with monkeypatch.context() as late:
        seen = open_record(ward.doctor, ward.patient)
        late.setattr(
            "medilink.acts.bring_back.open_record",
            lambda *_: type(seen)(gone, seen.right, seen.can_write, seen.can_add),
        )
        with pytest.raises(EditedMeanwhile):
            bring_back(ward.doctor, past, {allergy.uid}, WHY)
    assert ward.record == stale


# ---- who sees it


def test_the_patient_sees_who_looked_and_what_came_back(ward: Ward) -> None:
    past = ward.past()
    for _ in range(3):  # a page that redraws
        compare_with_today(ward.doctor, past)
    day = f"{ward.world.clinic.clock.now:%Y-%m-%d}"
    looked = [one for one in ward.entries_of(Act.OPEN_RECORD) if one.extra.get("backup") == day]
    assert [(one.patient, one.method) for one in looked] == [(ward.patient, "care")]
    ward.lose(uids_of(ward.record))
    all_back(ward, past)
    [told] = ward.entries_of(Act.BRING_BACK)
    assert (told.patient, told.why, told.extra["backup"]) == (ward.patient, WHY, day)
    assert set(told.sections) == {"allergies", "conditions"}


def refused(ward: Ward, by: Desk, patient: PatientId, expected: type[MediLinkError]) -> None:
    before = len(ward.entries_of(Act.OPEN_RECORD))
    with pytest.raises(expected):
        ward.past(by, patient)
    entries = ward.entries_of(Act.OPEN_RECORD)[before:]
    assert [one.outcome for one in entries] == [Outcome.REFUSED]
    assert not (ward.world.clinic.folder / FOLDER).exists()


def test_who_may_not_read_the_record_today_sees_no_older_one(ward: Ward) -> None:
    clinic = ward.world.clinic
    refused(ward, clinic.admin, ward.patient, Refused)
    refused(ward, clinic.provider(), ward.patient, NoRight)
    patient = clinic.patient(ward.slip)
    refused(ward, patient, ward.patient, Refused)
    stranger = clinic.provider("Otieno")
    narrow = Scope(ALL_SECTIONS - {Section.VISITS}, ALL_SENSITIVE)
    share_with(patient, stranger.who.id, narrow)
    assert open_record(stranger, ward.patient)
    refused(ward, stranger, ward.patient, NoRight)


def test_an_emergency_looks_and_brings_nothing_back(ward: Ward) -> None:
    stranger = ward.world.clinic.provider("Otieno")
    break_glass(stranger, ward.patient, "unconscious after a fall")
    past = ward.past(stranger)
    ward.lose(uids_of(ward.record))
    compared = compare_with_today(stranger, past)
    assert len(compared.lost) == 2
    assert not compared.can_bring
    with pytest.raises(NoRight):
        bring_back(stranger, past, {one.entry.uid for one in compared.lost}, WHY)
    assert ward.entries_of(Act.BRING_BACK)[-1].outcome == Outcome.REFUSED


def test_when_the_right_ends_so_does_the_look(ward: Ward) -> None:
    past = ward.past()
    ward.world.clinic.clock.forward(hours=25)
    with pytest.raises(NoRight):
        compare_with_today(ward.doctor, past)


@pytest.mark.parametrize("lost_since", [False, True])
def test_what_is_somebody_elses_is_not_shown(kisumu: BackedUp, lost_since: bool) -> None:
    """The backup was made while two people were one registration; what was the other's may be lost
    in their record too by now."""
    clinic = kisumu.clinic
    doctor, kept, other = clinic.provider(), clinic.register(), clinic.register()
    for slip, drug in ((kept, "penicillin"), (other, "aspirin")):
        record_patient_is_here(doctor, slip.patient.id, "visit")
        add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": drug})
    ward = Ward(kisumu, doctor, kept.patient.id)
    number = clinic.merge(kept.patient, other.patient, {})
    if lost_since:  # while they were one, it was corrected
        aspirin = next(one for one in ward.record.allergies if one.substance == "aspirin")
        clinic.clock.forward(minutes=1)
        correct_entry(doctor, kept.patient.id, aspirin, {"substance": "ibuprofen"}, "misheard")
    ward.back_up()
    undo_merge(clinic.admin, number)
    if lost_since:
        theirs = open_record(doctor, other.patient.id).record
        ward.lose(uids_of(theirs))
    past = ward.past()
    ward.lose({ward.record.allergies[0].uid})
    compared = compare_with_today(doctor, past)
    assert [one.entry.substance for one in compared.lost] == ["penicillin"]  # type: ignore[union-attr]
    assert compared.moved == 1 + lost_since
    with pytest.raises(NothingToBringBack):
        bring_back(doctor, past, past.others, WHY)


def test_somebody_registered_later_is_not_in_it(ward: Ward) -> None:
    later = ward.world.clinic.register(
        details=PatientDetails("Later", "Person", Sex.MALE, "2000-01-01")
    )
    record_patient_is_here(ward.doctor, later.patient.id, "visit")
    with pytest.raises(NotInBackup):
        ward.past(patient=later.patient.id)
    assert not (ward.world.clinic.folder / FOLDER).exists()


def test_a_stopped_look_leaves_nothing(ward: Ward) -> None:
    class Left(BaseException):
        pass

    def leave(done: int, _of: int) -> None:
        if done > 500:
            raise Left

    with pytest.raises(Left):
        look_back(ward.doctor, ward.world.clinic.folder, ward.offered, ward.patient, leave)
    assert not (ward.world.clinic.folder / FOLDER).exists()


def test_backups_are_offered_once_and_only_checked_ones(ward: Ward) -> None:
    kept = ward.offered.kept
    unchecked = type(kept)("x", 2, kept.at, 1, b"", None)
    stick = Home(ward.world.stick / "other")
    stick.key = "stick:1"
    known = Remembered({"home": AtPlace((kept, unchecked)), "stick:1": AtPlace((kept,))})
    [offered] = backups_at([ward.offered.place, stick], known)
    assert offered == Offered(ward.offered.place, kept)


def test_the_whole_scope_is_enough(ward: Ward) -> None:
    """Whoever the patient lets see everything may look; writing needs care."""
    patient, stranger = ward.world.clinic.patient(ward.slip), ward.world.clinic.provider("Otieno")
    share_with(patient, stranger.who.id, EVERYTHING)
    assert not compare_with_today(stranger, ward.past(stranger)).can_bring

"""The life of a log through acts, refusals, kills, restores and clock jumps.

The model is a list: what was done, by whom, to whom, with which outcome. Whatever happens, the log
holds exactly that, in that order, unbroken; a receipt given at any time stays true for as long as
the log it was given by goes on, and shows a log that was put back to before it.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from database.log import LogKeeper
from database.store import SqlStore, open_store
from medilink.acts.log_proof import check_receipt, give_receipt
from medilink.acts.log_upkeep import archive_old_entries
from medilink.acts.read_record import open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import make_share_code, revoke_code
from medilink.acts.sign_in import log_sign_out
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.clock import ClockWatch
from medilink.desk import Desk
from medilink.errors import NoRight, Refused, ShareRefused, TooManyTries
from medilink.log_check import check_log
from medilink.log_receipts import read_line
from medilink.log_tree import BLOCK
from medilink.people import Account, PatientId
from medilink.records import ALL_SECTIONS
from medilink.sharing import Grant
from medilink.visits import NewVisit
from security.passwords import Passwords
from security.subkeys import SubKeys
from tests.clinics import DATA_KEY, START, HandClock, new_clinic

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KEYS, PASSWORDS = SubKeys(DATA_KEY), Passwords("light")
PATIENTS, DOCTORS = 3, 2
patients, doctors = st.integers(0, PATIENTS - 1), st.integers(0, DOCTORS - 1)


@dataclass(frozen=True)
class Done:
    """One entry as it must stand in the log."""

    act: Act
    who: str
    patient: PatientId | None = None
    outcome: str = "done"


@cache
def clinic_to_copy() -> tuple[Path, list[Account], list[tuple[Account, PatientId]]]:
    """A clinic with doctors and patients and two blocks of everyday entries, made once."""
    clinic = new_clinic(Path(mkdtemp(prefix="medilink-log-")) / "clinic")
    staff = [clinic.provider(f"Doctor {number}").who for number in range(DOCTORS)]
    people = []
    for _ in range(PATIENTS):
        slip = clinic.register()
        people.append((clinic.patient(slip).who, slip.patient.id))
    while clinic.store.log.head().seq < 2 * BLOCK - 20:
        log_sign_out(clinic.admin)
    clinic.store.close()
    return clinic.store_file, staff, people


class PowerCut(Exception):
    """The process ends between the act and its entry."""


class LogLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        file, self.staff, self.people = clinic_to_copy()
        self.folder = Path(mkdtemp(prefix="medilink-log-life-"))
        self.wall = HandClock(START)
        self.lives, self.session = 0, 0
        self.store: SqlStore | None = None
        self.start(file)
        self.begun = self.log.head().seq
        self.done: list[Done] = []
        self.receipts: list[str] = []
        self.codes: list[tuple[int, Grant]] = []
        self.copy: tuple[Path, list[Done], list[str], int] | None = None

    def start(self, file: Path) -> None:
        """Begin anew with the store as it lies on disk now, whatever was going on."""
        self.lives += 1
        there = self.folder / f"life-{self.lives}"
        there.mkdir()
        for part in file.parent.glob(f"{file.name}*"):
            if not part.name.endswith("-shm"):
                shutil.copy(part, there)
        if self.store:
            self.store.close()
        self.file = there / file.name
        self.store = open_store(self.file, DATA_KEY)
        self.clock = ClockWatch(self.wall)
        self.clock.learn(self.store.log.newest_time() or 0)

    @property
    def log(self) -> LogKeeper:
        assert self.store is not None
        return self.store.log

    def desk(self, account: Account) -> Desk:
        """Somebody in a session of its own, so that each read is an access of its own."""
        assert self.store is not None
        clinic = self.store.settings.of_clinic()
        whole = Desk(self.store, clinic, KEYS, PASSWORDS, self.clock, account)
        return replace(whole, doubted=bool(self.clock.doubt))

    def teardown(self) -> None:
        if self.store:
            self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def did(
        self, account: Account, act: Act, patient: PatientId | None, outcome: str = "done"
    ) -> None:
        self.done.append(Done(act, account.title, patient, outcome))

    # ---- what people do

    @rule(doctor=doctors, person=patients)
    def says_the_patient_is_here(self, doctor: int, person: int) -> None:
        who, patient = self.staff[doctor], self.people[person][1]
        record_patient_is_here(self.desk(who), patient, "visit")
        self.did(who, Act.CARE_RELATION, patient)

    @rule(doctor=doctors, person=patients)
    def opens_a_record_or_is_refused(self, doctor: int, person: int) -> None:
        who, patient = self.staff[doctor], self.people[person][1]
        try:
            open_record(self.desk(who), patient)
        except NoRight:
            self.did(who, Act.OPEN_RECORD, patient, "refused")
        else:
            self.did(who, Act.OPEN_RECORD, patient)

    @rule(doctor=doctors, person=patients, cut=st.booleans())
    def writes_a_visit_or_the_power_goes(self, doctor: int, person: int, cut: bool) -> None:
        """Between the act and its entry there is nothing: both or neither."""
        who, patient = self.staff[doctor], self.people[person][1]
        desk, visit = self.desk(who), NewVisit(reason="fever")
        if cut:
            whole = LogKeeper._append

            def gone(*_: object) -> int:
                raise PowerCut

            LogKeeper._append = gone  # type: ignore[assignment,method-assign]
            try:
                with suppress(PowerCut, Refused):
                    write_visit(desk, patient, visit)
            finally:
                LogKeeper._append = whole  # type: ignore[method-assign]
            self.start(self.file)
            return
        try:
            write_visit(desk, patient, visit)
        except Refused:
            self.did(who, Act.WRITE_RECORD, patient, "refused")
        else:
            self.did(who, Act.WRITE_RECORD, patient)

    @rule(person=patients)
    def makes_a_code(self, person: int) -> None:
        who, patient = self.people[person]
        with suppress(Refused):
            made = make_share_code(self.desk(who), ALL_SECTIONS)
            self.codes.append((person, made.grant))
            self.did(who, Act.SHARE, patient)

    @precondition(lambda self: self.codes)
    @rule(place=st.integers(0, 50))
    def withdraws_a_code(self, place: int) -> None:
        person, grant = self.codes[place % len(self.codes)]
        who, patient = self.people[person]
        if revoke_code(self.desk(who), grant.id):
            self.did(who, Act.REVOKE, patient)

    @rule(doctor=doctors, code=st.integers(0, 999_999))
    def guesses_a_code(self, doctor: int, code: int) -> None:
        """However it ends, it is on record: counted before it is compared, then refused."""
        who, before = self.staff[doctor], self.log.head().seq
        with pytest.raises((ShareRefused, TooManyTries)):
            open_with_code(self.desk(who), f"{code:06d}")
        added = self.log.head().seq - before
        assert added in (1, 2)
        if added == 2:
            self.did(who, Act.TRY_CODE, None, "counted")
        self.did(who, Act.REDEEM, None, "refused")

    @rule(person=patients)
    def takes_a_receipt(self, person: int) -> None:
        who, patient = self.people[person]
        given = give_receipt(self.desk(who))
        self.did(who, Act.GIVE_LOG_RECEIPT, patient)
        self.receipts.append(given.line)

    # ---- what happens to the computer

    @rule()
    def the_power_goes(self) -> None:
        self.start(self.file)

    @rule(days=st.sampled_from([-3000, -1, 0.01, 1, 200, 800]))
    def the_clock_jumps(self, days: float) -> None:
        with suppress(OverflowError):
            self.wall.now += timedelta(days=days)

    @rule()
    def years_pass_and_old_entries_are_archived(self) -> None:
        for _ in range(80):
            self.wall.now = max(self.wall.now, self.clock.known) + timedelta(days=10)
            log_sign_out(self.desk(self.staff[0]))
            self.did(self.staff[0], Act.SIGN_OUT, None)
        moved = archive_old_entries(self.desk(self.staff[0]), part_of=BLOCK)
        assert moved % BLOCK == 0
        if moved:
            self.did(self.staff[0], Act.ARCHIVE_LOG, None)
        event(f"archived: {moved > 0}")

    @rule()
    def a_copy_is_made(self) -> None:
        assert self.store is not None
        there = self.folder / f"copy-{self.lives}-{len(self.done)}"
        there.mkdir(exist_ok=True)
        for part in self.file.parent.glob(f"{self.file.name}*"):
            if not part.name.endswith("-shm"):
                shutil.copy(part, there)
        self.copy = there / self.file.name, list(self.done), list(self.receipts), len(self.codes)

    @precondition(lambda self: self.copy)
    @rule()
    def an_older_copy_is_put_back(self) -> None:
        """What was given out after the copy was made shows it; then work goes on from the copy."""
        assert self.copy is not None
        later = self.receipts[len(self.copy[2]) :]
        file, self.done, self.receipts, codes = (
            self.copy[0], list(self.copy[1]), list(self.copy[2]), self.copy[3],
        )  # fmt: skip
        self.codes = self.codes[:codes]
        self.start(file)
        for line in later:
            witness = read_line(line)
            assert witness
            assert not check_log(self.log.rows(), [], [witness]).sound

    # ---- what must hold

    @invariant()
    def the_log_is_exactly_what_was_done(self) -> None:
        rows = list(self.log.rows())
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        found = [(row.act, row.patient, row.outcome) for row in rows[self.begun :]]
        assert found == [(one.act, one.patient, one.outcome) for one in self.done]

    @invariant()
    def it_is_whole_and_every_receipt_is_true(self) -> None:
        witnesses = [read_line(line) for line in self.receipts[-3:]]
        verdict = check_log(self.log.rows(), [], [one for one in witnesses if one])
        assert verdict.sound, verdict
        tree = self.log.of_tree()
        if witnesses:
            assert tree.root() == verdict.root

    @precondition(lambda self: self.receipts)
    @rule(person=patients, place=st.integers(0, 50))
    def somebody_checks_an_old_receipt(self, person: int, place: int) -> None:
        who, patient = self.people[person]
        found = check_receipt(self.desk(who), self.receipts[place % len(self.receipts)])
        assert found.verdict.sound
        self.did(who, Act.CHECK_LOG, patient)


LogLife.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # it traces every line: five times as slow
)
TestLogLife = LogLife.TestCase

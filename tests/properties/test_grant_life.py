"""The life of a grant through everything that can happen to it, against a model of one screen.

Codes are made, opened, guessed at, withdrawn, left to end; the clock is moved both ways; the power
goes; an older copy of the store is put back. Within one store an ended grant never opens again. A
copy knows what it knew when it was made, so the model goes back with it: that a later store
distrusts an older one is the business of sync.
"""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from database.store import SqlStore, open_store
from medilink.acts.read_record import may_open
from medilink.acts.receive import open_with_code, open_with_qr
from medilink.acts.share import make_share_code, my_codes, revoke_code
from medilink.audit import Act
from medilink.clock import ClockWatch
from medilink.desk import Desk
from medilink.errors import (
    CodeBurnt,
    CodeExpired,
    CodeRevoked,
    CodeUsed,
    CodeWrong,
    Refused,
    ShareRefused,
    TooManyTries,
)
from medilink.people import Account
from medilink.records import ALL_SECTIONS
from medilink.sharing import (
    CLOCK_SLACK_MS,
    DURATIONS_HOURS,
    TRIES_PER_GRANT,
    Grant,
    GrantState,
)
from security.passwords import Passwords
from security.subkeys import SubKeys
from tests.clinics import DATA_KEY, START, HandClock, new_clinic, own_id

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KEYS, PASSWORDS = SubKeys(DATA_KEY), Passwords("light")
DOCTORS = 5
doctors = st.integers(0, DOCTORS - 1)
which = st.integers(0, 20)
REFUSED_WITH = {
    GrantState.USED: CodeUsed,
    GrantState.REVOKED: CodeRevoked,
    GrantState.EXPIRED: CodeExpired,
    GrantState.BURNT: CodeBurnt,
}


@dataclass
class Life:
    """One code as it should be. `tries` counts those that would have opened it, right or wrong."""

    grant: Grant
    code: str
    qr: str
    state: GrantState = GrantState.ACTIVE
    tries: int = 0
    opened_by: set[int] = field(default_factory=set)

    def at(self, now: int) -> GrantState:
        """Its state now: time ends what nothing else has."""
        over = now >= self.grant.expires_at or self.grant.made_at > now + CLOCK_SLACK_MS
        live = self.state in (GrantState.ACTIVE, GrantState.USED)
        return GrantState.EXPIRED if live and over else self.state


@cache
def clinic_to_copy() -> tuple[Path, list[Account], Account, str]:
    """A clinic with doctors and a patient, made once."""
    clinic = new_clinic(Path(mkdtemp(prefix="medilink-grants-")) / "clinic")
    staff = [clinic.provider(f"Doctor {number}").who for number in range(DOCTORS)]
    slip = clinic.register()
    patient = clinic.patient(slip).who
    clinic.store.close()
    return clinic.store_file, staff, patient, slip.patient.medilink_id


class GrantLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        file, self.accounts, self.person, self.medilink_id = clinic_to_copy()
        self.folder = Path(mkdtemp(prefix="medilink-grant-life-"))
        self.wall = HandClock(START)
        self.grants: list[Life] = []
        self.copy: tuple[Path, list[Life]] | None = None
        self.lives = 0
        self.store: SqlStore | None = None
        self.start(file)

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

    def desk(self, account: Account) -> Desk:
        assert self.store is not None
        whole = Desk(
            self.store, self.store.settings.of_clinic(), KEYS, PASSWORDS, self.clock, account
        )
        return replace(whole, doubted=bool(self.clock.doubt))

    @property
    def patient(self) -> Desk:
        return self.desk(self.person)

    def doctor(self, number: int) -> Desk:
        return self.desk(self.accounts[number])

    def teardown(self) -> None:
        if self.store:
            self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- what happens

    @precondition(lambda self: len(self.grants) < 8)
    @rule(hours=st.sampled_from(DURATIONS_HOURS), once=st.booleans(), race=st.booleans())
    def make(self, hours: int, once: bool, race: bool) -> None:
        now = self.patient.now
        made = make_share_code(self.patient, ALL_SECTIONS, hours=hours, single_use=once)
        assert made.code not in {one.code for one in self.grants if one.at(now) == "active"}
        for one in self.grants:  # making one writes down which are over
            if one.state is GrantState.ACTIVE and now >= one.grant.expires_at:
                one.state = GrantState.EXPIRED
        self.grants.append(Life(made.grant, made.code, made.qr))
        if race:
            self.all_scan_at_once(len(self.grants) - 1)

    def write_down_that_it_is_over(self, one: Life, now: int) -> None:
        """Whoever finds one that has ended by the clock has all such written down."""
        if one.at(now) is GrantState.EXPIRED and one.state is not GrantState.EXPIRED:
            for each in self.grants:
                each.state = each.at(now)

    def settle(self, one: Life, doctor: int, refusal: Refused | None, now: int) -> None:
        """What opening it should have come to, and what it has made of it."""
        self.write_down_that_it_is_over(one, now)
        state = one.state
        if state is GrantState.ACTIVE or (state is GrantState.USED and doctor in one.opened_by):
            assert refusal is None, refusal
            one.opened_by.add(doctor)
            one.state = GrantState.USED if one.grant.single_use else GrantState.ACTIVE
        else:
            assert type(refusal) is REFUSED_WITH[state], (state, refusal)

    @precondition(lambda self: self.grants)
    @rule(number=which, doctor=doctors)
    def scan(self, number: int, doctor: int) -> None:
        one, desk = self.grants[number % len(self.grants)], self.doctor(doctor)
        refusal = None
        try:
            open_with_qr(desk, one.qr)
        except ShareRefused as refused:
            refusal = refused
        self.settle(one, doctor, refusal, desk.now)

    def race_for(self, one: Life) -> list[int]:
        """Every doctor at the same moment; which of them got in."""
        won, gate = list[int](), threading.Barrier(DOCTORS)

        def scan(doctor: int) -> None:
            desk = self.doctor(doctor)
            gate.wait()
            with suppress(ShareRefused):
                open_with_qr(desk, one.qr)
                won.append(doctor)

        threads = [threading.Thread(target=scan, args=(doctor,)) for doctor in range(DOCTORS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return won

    @precondition(lambda self: self.grants)
    @rule(number=which)
    def all_scan_at_once(self, number: int) -> None:
        one, now = self.grants[number % len(self.grants)], self.patient.now
        before, won = set(one.opened_by), self.race_for(one)
        self.write_down_that_it_is_over(one, now)
        if one.state is GrantState.ACTIVE:
            assert len(won) == (1 if one.grant.single_use else DOCTORS)
        else:
            assert set(won) == (before if one.state is GrantState.USED else set())
        one.opened_by |= set(won)
        if won:
            one.state = GrantState.USED if one.grant.single_use else GrantState.ACTIVE

    @precondition(lambda self: self.grants)
    @rule(number=which, doctor=doctors)
    def type_it(self, number: int, doctor: int) -> None:
        one, desk = self.grants[number % len(self.grants)], self.doctor(doctor)
        refusal = self.typed(desk, one.code)
        if isinstance(refusal, TooManyTries):
            return
        self.count_a_try()
        # of several that had the same code, the active one is meant, else the newest
        same = [each for each in self.grants if each.code == one.code]
        same.sort(key=lambda each: (each.state is not GrantState.ACTIVE, -each.grant.id))
        self.settle(same[0], doctor, refusal, desk.now)
        if refusal is None:
            for each in self.grants:
                each.tries = max(0, each.tries - 1)

    @rule(often=st.integers(1, 7), doctor=doctors)
    def guess(self, often: int, doctor: int) -> None:
        """Wrong codes beside the right MediLink ID, each typed by another one."""
        codes = {each.code for each in self.grants}
        wrong = next(f"{number:06d}" for number in range(100) if f"{number:06d}" not in codes)
        for number in range(often):
            refusal = self.typed(self.doctor((doctor + number) % DOCTORS), wrong)
            if not isinstance(refusal, TooManyTries):
                assert type(refusal) is CodeWrong
                self.count_a_try()

    def typed(self, desk: Desk, code: str) -> Refused | None:
        try:
            open_with_code(desk, code, self.medilink_id)
        except (TooManyTries, ShareRefused) as refused:
            return refused
        return None

    def count_a_try(self) -> None:
        for each in self.grants:
            if each.state is GrantState.ACTIVE:
                each.tries += 1
                if each.tries > TRIES_PER_GRANT:
                    each.state = GrantState.BURNT

    @precondition(lambda self: self.grants)
    @rule(number=which)
    def withdraw(self, number: int) -> None:
        one, desk = self.grants[number % len(self.grants)], self.patient
        live = one.at(desk.now) in (GrantState.ACTIVE, GrantState.USED)
        assert revoke_code(desk, one.grant.id) == live
        one.state = GrantState.REVOKED if live else one.state

    @rule()
    def sweep(self) -> None:
        """What the house does every few seconds."""
        assert self.store is not None
        desk = self.patient
        self.store.grants.expire(desk.now, audit=desk.event(Act.EXPIRE))
        for one in self.grants:
            one.state = one.at(desk.now)

    @rule(minutes=st.sampled_from([1, 9, 30, 60, 6 * 60, 25 * 60, 8 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.wall.now += timedelta(minutes=minutes)

    @rule(minutes=st.sampled_from([5, 60, 24 * 60, 365 * 24 * 60]))
    def clock_is_set_back(self, minutes: int) -> None:
        self.wall.now -= timedelta(minutes=minutes)

    @rule()
    def plug_is_pulled(self) -> None:
        """What is on disk at this moment is all there is; nothing was closed."""
        self.start(self.file)

    @rule()
    def copy_is_made(self) -> None:
        self.lives += 1
        folder = self.folder / f"copy-{self.lives}"
        folder.mkdir()
        for part in self.file.parent.glob(f"{self.file.name}*"):
            if not part.name.endswith("-shm"):
                shutil.copy(part, folder)
        self.copy = folder / self.file.name, deepcopy(self.grants)

    @precondition(lambda self: self.copy)
    @rule()
    def copy_is_put_back(self) -> None:
        assert self.copy is not None
        file, then = self.copy
        self.grants = deepcopy(then)
        self.start(file)

    # ---- what always holds

    @invariant()
    def the_count_is_right(self) -> None:
        now = self.patient.now
        live = {one.grant.id for one in self.grants if one.at(now) in ("active", "used")}
        assert {grant.id for grant in my_codes(self.patient)} == live

    @invariant()
    def only_who_opened_one_that_stands_may_read(self) -> None:
        now = self.patient.now
        for number in range(DOCTORS):
            stands = [one for one in self.grants if one.at(now) in ("active", "used")]
            wanted = any(number in one.opened_by for one in stands)
            assert may_open(self.doctor(number), own_id(self.patient)) == wanted

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        assert self.store is not None
        for one in self.grants:
            kept = self.store.grants.by_uid(one.grant.uid)
            assert kept is not None
            assert (kept.state, kept.tries) == (one.state, one.tries)
            assert len(kept.opened_by) == len(one.opened_by)
            if one.grant.single_use:
                assert len(kept.opened_by) <= 1, "one winner"


GrantLife.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # it traces every line: five times as slow
)
TestGrantLife = GrantLife.TestCase

"""Property 11: backups are complete, encrypted, verified, kept.

For all schedules, failures and clocks: whenever one is due a backup is made that opens with the
recovery words and holds the store as it is, it lies whole in every place that can be reached, and
nothing that must stay is ever removed. Against the real store, real rounds and real folders; what
fails are the operating system's own answers.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backup.destinations import Place, Room
from backup.kept import Kept, read_name
from backup.recovery import identity_from
from backup.restoring import check_backup
from backup.retention import Policy
from backup.rounds import Round, Rounds
from backup.schedule import Schedule
from backup.taking import take_backup
from tests.backup.backed_up import WORDS, BackedUp, backed_up
from tests.backup.failing import Failing, raising
from tests.backup.staying import must_stay
from tests.backup.striking import Strike, struck
from tests.backup.worlds import NOON, STORE, Laptop, chosen_folder, pulled_out
from tests.clinics import DATA_KEY, new_clinic
from tests.properties.planted import PLANTED, write_planted

HOUR = timedelta(hours=1)
HOME = "home"
NAMES = ("stick", "share")
IDENTITY = identity_from(WORDS)


@dataclass(frozen=True)
class Day:
    """What happens before the next round: hours pass, the clock is set, places are away, the system
    fails at a step while a backup is made or carried, the process is started anew."""

    hours: int
    clock_days: int
    away: frozenset[str]
    failing: Strike | None
    anew: bool


days = st.builds(
    Day,
    hours=st.integers(1, 60),
    clock_days=st.sampled_from([0, 0, 0, 0, 1, 400, -1, -3650, 3650]),
    away=st.frozensets(st.sampled_from(NAMES)),
    failing=st.none()
    | st.builds(
        Strike,
        st.integers(1, 40),
        st.sampled_from([errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT]),
        st.booleans(),
    ),
    anew=st.booleans(),
)
schedules = st.builds(
    Schedule,
    interval=st.integers(6, 48).map(lambda hours: hours * HOUR),
    quiet_from=st.integers(0, 23),
    quiet_until=st.integers(0, 23),
)
policies = st.builds(
    Policy, st.integers(0, 2), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)
)


@pytest.fixture(scope="module")
def kisumu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackedUp]:
    clinic = new_clinic(tmp_path_factory.mktemp("backups") / "clinic")
    doctor = clinic.provider()
    write_planted(doctor, clinic.register(by=doctor).patient.id)
    yield backed_up(clinic)
    clinic.store.close()


@dataclass
class Real(Laptop):
    """A laptop whose backups are real ones, made while the system fails at some step."""

    kisumu: BackedUp | None = None
    failing: Strike | None = None

    def make(self, folder: Path) -> Kept:
        assert self.kisumu
        clinic = self.kisumu.clinic
        clinic.clock.now = self.wall
        with struck(self.failing):
            kept = take_backup(clinic.admin, clinic.store, STORE, folder)
        self.made.append(kept)
        return kept


@dataclass
class Life:
    """One laptop with two places, and what must be true of it after each round."""

    laptop: Real
    schedule: Schedule
    policy: Policy
    reached: dict[str, list[Kept]] = field(default_factory=dict)
    since_verified: timedelta | None = None
    stuck: bool = False  # a disk that refuses everything does not even let a file be removed
    process: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self.laptop.places = [chosen_folder(self.folder(name)) for name in NAMES]
        self.start()

    def start(self) -> None:
        means = replace(self.laptop.means(), schedule=self.schedule, policy=self.policy)
        self.process = Rounds(means)

    def folder(self, name: str) -> Path:
        return self.laptop.home if name == HOME else self.laptop.folder.parent / name

    def lives(self, day: Day) -> None:
        hours = day.hours * HOUR
        self.laptop.passes(hours, wall=hours + timedelta(days=day.clock_days))
        if not 2000 < self.laptop.wall.year < 2060:
            self.laptop.wall = NOON
        if day.anew:
            self.start()
        if self.since_verified is not None:
            self.since_verified += hours
        before = len(self.laptop.made)
        self.laptop.failing = day.failing
        self.stuck |= bool(day.failing and day.failing.for_ever)
        done = self._round(day.away)
        made = self.laptop.made[before:]
        overdue = self.since_verified is None or self.since_verified >= self.schedule.interval
        if overdue and not made:
            assert day.failing, "it was due, nothing stood in the way, and there is none"
            assert HOME in done.troubles
        if made:
            self.since_verified = timedelta(0)
        self._check_places(day.away)

    def _round(self, away: frozenset[str]) -> Round:
        if not away:
            return self.process.go()
        name, *others = sorted(away)
        with pulled_out(self.folder(name)):
            return self._round(frozenset(others))

    def _check_places(self, away: frozenset[str]) -> None:
        newest = self.laptop.made[-1] if self.laptop.made else None
        for name in (HOME, *NAMES):
            there = lying_in(self.folder(name)) if self.folder(name).exists() else {}
            history = self.reached.setdefault(name, [])
            if newest and name not in away:
                assert newest.generation in there, f"the newest is not at {name}"
                if newest not in history:
                    history.append(newest)
            assert must_stay(history, self.policy) <= set(there), name
            made = {one.generation: one.digest for one in self.laptop.made}
            assert {one: there[one] for one in there if one in made}.items() <= made.items()
            assert set(there) <= set(made) or self.stuck, "a backup nobody knows of"


def lying_in(folder: Path) -> dict[int, bytes]:
    """What lies there under a backup's name: generation and SHA-256."""
    named = ((read_name(path.name), path) for path in folder.iterdir())
    return {name[1]: sha256(path.read_bytes()).digest() for name, path in named if name}


many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(schedule=schedules, policy=policies, life=st.lists(days, min_size=1, max_size=4))
def test_property_11_each_due_backup_is_made_carried_and_kept(
    kisumu: BackedUp, schedule: Schedule, policy: Policy, life: list[Day]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        laptop = Real(Path(root) / "laptop", kisumu=kisumu)
        one = Life(laptop, schedule, policy)
        for day in life:
            one.lives(day)
        if laptop.made:
            _opens_and_is_the_store(kisumu, one)


def _opens_and_is_the_store(kisumu: BackedUp, life: Life) -> None:
    """The newest, at the last place that has it: with the words alone, whole, nothing in clear."""
    newest = life.laptop.made[-1]
    path = [
        life.folder(name) / newest.name
        for name in (HOME, *NAMES)
        if (life.folder(name) / newest.name).exists()
    ][-1]
    content = path.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert not any(planted.word.encode() in content for planted in PLANTED)
    rebuilt = check_backup(path, IDENTITY, path.with_name("scratch.db"), DATA_KEY)
    assert rebuilt.digest == newest.digest
    assert rebuilt.label.says.generation == newest.generation
    assert rebuilt.entries <= kisumu.clinic.store.log.head().seq


class Struck:
    """A place each step into which is counted, and one of them fails."""

    def __init__(self, place: Place, strike: Strike) -> None:
        self.place, self.strike, self.key = place, strike, place.key

    @contextmanager
    def enter(self) -> Iterator[Room]:
        strike = self.strike
        with self.place.enter() as room:
            yield Failing(room, strike.at, raising(strike.code), for_ever=strike.for_ever)


@many
@given(
    at=st.integers(1, 60),
    code=st.sampled_from([errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT]),
    for_ever=st.booleans(),
)
def test_property_11_a_place_that_fails_at_any_step_has_a_whole_one_or_none(
    kisumu: BackedUp, at: int, code: int, *, for_ever: bool
) -> None:
    """And it is told, stops no other place, and gets it once it works again."""
    with tempfile.TemporaryDirectory() as root:
        laptop = Real(Path(root) / "laptop", kisumu=kisumu)
        life = Life(laptop, Schedule(), Policy())
        bad, good = laptop.places
        laptop.places = [Struck(bad, Strike(at, code, for_ever)), good]
        done = life.process.go()
        assert HOME not in done.troubles, done.troubles[HOME]
        [made] = laptop.made
        assert lying_in(life.folder("share")) == {made.generation: made.digest}
        there = lying_in(life.folder("stick"))
        assert there in ({}, {made.generation: made.digest})
        assert there or bad.key in done.troubles or at > 1
        laptop.places = [bad, good]
        laptop.passes(2 * HOUR)
        life.process.go()
        assert lying_in(life.folder("stick")) == {made.generation: made.digest}

"""A far place that answers a byte at a time holds nobody for ever: neither a round nor whoever
closes the clinic. Real servers, at the end of a line that drips."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest

from backup.destinations import Room, Wanted, check_there, put
from backup.patience import BOUNDS, Bounded, Bounds, FarPlace, nobody_calls
from backup.rounds import Round
from backup.s3 import S3, Bucket
from backup.sftp import Address, Sftp
from medilink.errors import PlaceTooSlow
from tests.backup.dripping import Line, dripping
from tests.backup.s3_server import KEY_ID, SECRET, s3_store
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.test_own_rounds import Clinic
from ui.backing_up import BackingUp, Part, Watch
from ui.house import MEDILINK_ITSELF, State
from ui.rounds import rounds_here

PATIENCE_S = 60
SHORT = Bounds(farewell=0.3)
BODY = bytes(range(256)) * 8192
FILE = Wanted("medilink-5e1f0a-00000007.db.zst.age", len(BODY), hashlib.sha256(BODY).digest())


class CalledOff(BaseException):
    pass


@contextmanager
def another(folder: Path) -> Iterator[tuple[FarPlace, Line]]:
    with another_computer(folder) as there, dripping(there.port) as line:
        key = there.host_key_line
        yield Sftp(Address("127.0.0.1", USER, "/", key, line.port, password=PASSWORD)), line


@contextmanager
def a_bucket(_: Path) -> Iterator[tuple[FarPlace, Line]]:
    with s3_store() as there, dripping(there.server.server_port) as line:
        yield S3(Bucket(f"http://127.0.0.1:{line.port}", "clinic", "", KEY_ID, secret=SECRET)), line


@pytest.fixture(params=[another, a_bucket], ids=["another computer", "a bucket"])
def far(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[FarPlace, Line]]:
    with request.param(tmp_path / "far") as made:
        yield made


def drip_from_here(line: Line) -> Callable[[int, int], None]:
    """As progress: everything was handed over; what is said from now on comes slowly."""

    def progress(done: int, of: int) -> None:
        if done == of:
            line.drips.set()

    return progress


STEPS: dict[str, Callable[[Room], object]] = {
    "names": lambda room: room.names(),
    "read": lambda room: check_there(room, FILE),
    "remove": lambda room: room.remove(FILE.name),
    "rename": lambda room: room.rename(FILE.name, "other"),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_waited_for_without_end(far: tuple[FarPlace, Line], step: str) -> None:
    place, line = far
    with Bounded(place, nobody_calls, BOUNDS, line.clock).enter() as room:
        put(room, FILE, BytesIO(BODY))
        line.drips.set()
        with pytest.raises(PlaceTooSlow):
            STEPS[step](room)
        with pytest.raises(PlaceTooSlow):
            room.names()


def test_a_copy_that_is_not_confirmed_in_time_counts_for_nothing(
    far: tuple[FarPlace, Line],
) -> None:
    place, line = far
    bounded = Bounded(place, nobody_calls, BOUNDS, line.clock)
    with bounded.enter() as room, pytest.raises(PlaceTooSlow):
        put(room, FILE, BytesIO(BODY), drip_from_here(line))
    line.drips.clear()
    with bounded.enter() as room:
        assert FILE.name not in room.names()
        put(room, FILE, BytesIO(BODY))
        check_there(room, FILE)


def test_nor_is_a_greeting(far: tuple[FarPlace, Line]) -> None:
    place, line = far
    line.drips.set()
    with pytest.raises(PlaceTooSlow), Bounded(place, nobody_calls, BOUNDS, line.clock).enter():
        pytest.fail("nobody was greeted")


def test_a_slow_line_that_carries_what_it_must_is_good(far: tuple[FarPlace, Line]) -> None:
    """An hour for each time somebody looks at the clock, and as much for its bytes."""
    place, line = far
    passed = iter(range(0, 10_000_000, 3600))
    bounds = Bounds(grace=20 * 3600, rate=50, longest=10_000_000)  # to sign in on a busy machine
    with Bounded(place, nobody_calls, bounds, lambda: next(passed)).enter() as room:
        put(room, FILE, BytesIO(BODY))
        while next(passed) < 2 * bounds.grace:
            check_there(room, FILE)


def test_whoever_calls_it_off_is_heard_at_once_and_no_line_is_left(
    far: tuple[FarPlace, Line],
) -> None:
    place, line = far
    before, off = set(threading.enumerate()), threading.Event()
    heard = threading.Timer(0.3, off.set)
    bounded = Bounded(place, lambda: CalledOff() if off.is_set() else None, SHORT)
    with pytest.raises(CalledOff), bounded.enter() as room:
        put(room, FILE, BytesIO(BODY))
        line.drips.set()
        heard.start()
        began = time.monotonic()
        check_there(room, FILE)
    assert time.monotonic() - began < PATIENCE_S / 2
    if isinstance(place, Sftp):
        for one in set(threading.enumerate()) - before:
            if one.name == "far place":
                one.join(PATIENCE_S)
                assert not one.is_alive()


def test_whoever_presses_ctrl_c_on_the_command_line_waits_for_no_byte(
    far: tuple[FarPlace, Line],
) -> None:
    """It comes wherever the command just is: here while it waits and looks at the clock."""
    place, line = far
    looks = count()

    def pressed() -> float:
        if line.dripped and next(looks) == 5:
            raise KeyboardInterrupt
        return time.monotonic()

    with (
        pytest.raises(KeyboardInterrupt),
        Bounded(place, nobody_calls, SHORT, pressed).enter() as r,
    ):
        put(r, FILE, BytesIO(BODY))
        line.drips.set()
        began = time.monotonic()
        check_there(r, FILE)
    assert time.monotonic() - began < PATIENCE_S / 2


def test_closing_the_clinic_does_not_wait_for_a_place_that_drips(
    far: tuple[FarPlace, Line], tmp_path: Path
) -> None:
    place, line = far
    kisumu = Clinic(tmp_path / "clinic")
    house = kisumu.house

    def go(watch: Watch) -> Round:
        slow = Bounded(place, house.backing_up.until_stopped(), SHORT)
        itself = house.desk().signed_in_as(MEDILINK_ITSELF)
        return rounds_here(house, itself, [slow], watch, lambda: kisumu.running).go()

    line.drips.set()
    assert house.backing_up.begin(go)
    while not line.dripped:
        assert house.backing_up.busy
    began = time.monotonic()
    house.close()
    assert time.monotonic() - began < PATIENCE_S / 2
    assert house.state is State.LOCKED
    assert not house.backing_up.busy
    house.unlock_by_itself()
    assert kisumu.ask() is not None, "and the next round is made"
    house.close()


def test_a_round_that_hangs_in_the_system_does_not_keep_the_clinic_open() -> None:
    work = BackingUp(stop_s=0.1)
    hanging, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    worked: list[str] = []

    def hangs(watch: Watch) -> Round:
        hanging.set()
        assert go_on.wait(PATIENCE_S)
        try:
            watch(Part.COPY, "", 1, 2)
            worked.append("in the next life of the clinic")
        finally:
            ended.set()
        return Round()

    work.allow()
    work.begin(hangs)
    assert hanging.wait(PATIENCE_S)
    work.stop()
    work.allow()
    go_on.set()
    assert ended.wait(PATIENCE_S)
    assert worked == []

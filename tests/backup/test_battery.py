"""The fault battery: each step of a backup's life killed, refused, cut off from its power; and the
same battery with a safeguard taken out, which it must notice.

battery.py kills and fails calls, power.py cuts the power. With `python run.py test --long` each
call of each step is the last thing that happens, fails once, and fails from then on, and each step
is killed 3,000 times at random; that is hours. Every other run does a hundredth of it or less.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from backup import destinations, taking
from backup.folder import FolderRoom
from medilink.errors import CopyDamaged
from tests.backup.battery import Battery
from tests.backup.power import CUT, Disk
from tests.backup.steps import STEPS
from tests.backup.striking import Strike, struck
from tests.counts import LONG, times
from ui.setting_up.system_parts import add_test_tools

ROOT = Path(__file__).resolve().parents[2]
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT)
FIU = os.environ.get("MEDILINK_LIBFIU", "/usr/lib")
HELD: list[AbstractContextManager[object]] = []
PRELOAD = Path(FIU) / "fiu" / "fiu_posix_preload.so"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(6 * 3600 if LONG else 120),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process"),
]


def battery(*what: object, under: dict[str, str] | None = None) -> list[str]:
    """What was wrong, over all steps: a process for each, as many at once as there are cores."""

    def of_step(step: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.backup.battery", *map(str, what), step],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, **(under or {})},
        )  # fmt: skip

    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        ended = list(at_once.map(of_step, reversed(STEPS)))  # the longest are the last
    for done in ended:
        assert done.returncode == 0, done.stderr[-3000:]
        print(done.stdout.strip())
    found = [json.loads(done.stdout) for done in ended]
    assert all(one["killed"] or one["refused"] for one in found)
    return [f"{one['step']}: {wrong}" for one in found for wrong in one["wrong"]]


def test_killed_at_any_moment_each_step_leaves_what_was_or_what_is_to_be(tmp_path: Path) -> None:
    assert battery("kill", tmp_path, times(8, 3_000), 20261121) == []


@pytest.mark.parametrize("how", ["once", "on", "kill"])
def test_each_call_to_the_system_may_fail(how: str, tmp_path: Path) -> None:
    """SQLite's own too. Either it is done, or a plain sentence; then it can be done again."""
    add_test_tools()
    if not PRELOAD.exists():
        pytest.skip("there is no libfiu here (apt: libfiu0, fiu-utils)")
    under = {"LD_PRELOAD": str(PRELOAD), "LD_LIBRARY_PATH": str(PRELOAD.parent.parent)}
    for code in ERRORS if LONG and how != "kill" else ERRORS[:1]:
        folder = tmp_path / str(code)
        folder.mkdir()
        every = times(100, 1 if code == ERRORS[0] else 10)  # what follows hardly depends on which
        assert battery("calls", folder, every, code, how, under=under) == []


# ---- without libfiu: the calls Python itself makes


def struck_from_now_on(strike: Strike) -> None:
    """In a process that has nothing else to do."""
    HELD.append(struck(strike))
    HELD[-1].__enter__()


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "on"])
@pytest.mark.parametrize("step", ["take", "restore", "carry", "prune"])
def test_each_of_pythons_own_calls_may_fail(step: str, for_ever: bool, tmp_path: Path) -> None:
    one = Battery(STEPS[step], tmp_path)
    shutil.copytree(tmp_path / "before", tmp_path / "counted")
    with struck(None) as counted:
        STEPS[step].go(tmp_path / "counted")
    for at in range(1, counted.many + 1, times(max(counted.many // 6, 1), 1)):
        for code in ERRORS if LONG else ERRORS[at % len(ERRORS) :][:1]:
            strike = Strike(at, code, for_ever)
            one.strike(f"{strike}", partial(struck_from_now_on, strike), None)
    assert one.found.wrong == []
    assert one.found.refused


# ---- power cuts, and a stick that lies


def cut_off(step: str, tmp_path: Path, many: int, without: Callable[[], None]) -> list[str]:
    """What was wrong after so many power cuts over the stick, one at each step in turn."""
    folder = {"take": "stick", "carry": "place"}[step]
    one, chance = Battery(STEPS[step], tmp_path), random.Random(20261121)
    (tmp_path / "before" / folder).mkdir(exist_ok=True)
    go, at = STEPS[step].go, 0
    for number in range(many):
        at += 1
        seed = chance.random()

        def cut(world: Path, at: int = at, seed: float = seed) -> None:
            """A cut right after it was said to be done, at the latest."""
            disk = Disk(world / folder, at, random.Random(seed))
            disk.watch()
            without()
            go(world)
            (world / "done").touch()
            disk.cut()

        wrong = _one_cut(one, tmp_path / "world", cut, f"cut {number}, at {at}")
        if (tmp_path / "world" / "done").exists():
            at = 0
        one.found.wrong += wrong
    return one.found.wrong


def _one_cut(one: Battery, world: Path, cut: Callable[[Path], None], label: str) -> list[str]:
    shutil.rmtree(world, ignore_errors=True)
    shutil.copytree(world.with_name("before"), world)
    child = os.fork()
    if child == 0:
        try:
            cut(world)
        finally:
            os._exit(1)
    ended = os.waitpid(child, 0)[1]
    assert os.WEXITSTATUS(ended) == CUT, label
    looking = os.fork()
    if looking == 0:
        found = ["?"]
        try:
            found = list(one.step.wrong(world, (world / "done").exists()))
        finally:
            (world / "wrong.txt").write_text("; ".join(found))
            os._exit(0)
    os.waitpid(looking, 0)
    said = (world / "wrong.txt").read_text()
    return [f"{label}: {said}"] if said else []


def nothing() -> None: ...


def no_fsync() -> None:
    os.fsync = lambda _: None


def no_begun_name() -> None:
    taking.PART = destinations.BEGUN = ""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux what a handle is")
@pytest.mark.parametrize("step", ["take", "carry"])
def test_a_power_cut_at_any_step_loses_nothing_that_was_said_to_be_there(
    step: str, tmp_path: Path
) -> None:
    assert cut_off(step, tmp_path, times(20, 2_000), nothing) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux what a handle is")
@pytest.mark.parametrize("without", [no_fsync, no_begun_name])
@pytest.mark.parametrize("step", ["take", "carry"])
def test_without_a_safeguard_the_same_power_cuts_are_noticed(
    step: str, without: Callable[[], None], tmp_path: Path
) -> None:
    """The control: a battery that finds nothing here would prove nothing above."""
    assert cut_off(step, tmp_path, 20, without)


class LyingRoom(FolderRoom):
    """A stick that takes everything and keeps something else."""

    @contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        with super().write(name) as file:
            yield file
        content = bytearray((self.folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (self.folder / name).write_bytes(content)


def test_a_stick_that_lies_is_caught_by_reading_it_again_and_by_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.backup.steps.FolderRoom", LyingRoom)
    carry, world = STEPS["carry"], tmp_path / "world"
    carry.prepare(world)
    with pytest.raises(CopyDamaged):
        carry.go(world)
    assert list(carry.wrong(world, False)) == []
    [backup] = (world / "stick").iterdir()
    stick = FolderRoom(world / "stick")
    good = destinations.digest_there(stick, backup.name, backup.stat().st_size)
    monkeypatch.setattr(destinations, "digest_there", lambda *_: good)
    carry.go(world)
    assert list(carry.wrong(world, True)) == ["a copy under its name is not what was copied"]

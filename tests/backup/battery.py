"""Kills a step, or fails one of its calls to the operating system; a program of its own, because it
forks and because libfiu has to be there from the start.

    python -m tests.backup.battery kill FOLDER TIMES SEED STEP…
    python -m tests.backup.battery calls FOLDER EVERY ERRNO {once,on,kill} STEP…

`kill`: -9 at random moments. `calls`: under libfiu, the k-th call to the system fails with an error
(once; from then on), or is the last thing that happens, for every k, or each EVERY-th. Each time in
a copy of the world the step begins in; after it what is promised is looked at, and the step done
again, which must succeed. Prints what was tried and what was wrong as JSON, a line for each step.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from medilink.errors import MediLinkError
from tests.backup.steps import STEPS, Step

DONE, REFUSED, BROKE = 0, 3, 4
AGAIN_EVERY = 5
MANY_WRONG = 20


@dataclass
class Found:
    """`tried`: how often; `done` and `refused`: how it ended; `calls`: how many the step makes."""

    tried: int = 0
    killed: int = 0
    done: int = 0
    refused: int = 0
    calls: int = 0
    wrong: list[str] = field(default_factory=list)


class Battery:
    """One step in a folder of its own; `took`: the seconds of its last life that was not cut."""

    def __init__(self, step: Step, folder: Path) -> None:
        self.step, self.folder = step, folder
        self.found, self.took = Found(), 0.0
        step.prepare(folder / "before")

    def strike(self, label: str, before: Callable[[], None], kill_after: float | None) -> int:
        """One life: `before` is called in the process that will be struck."""
        world = self.folder / "world"
        shutil.rmtree(world, ignore_errors=True)
        shutil.copytree(self.folder / "before", world)
        ended = self._child(world, before, kill_after)
        self.found.tried += 1
        done = os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == DONE
        self.found.done += done
        self.found.killed += os.WIFSIGNALED(ended)
        self.found.refused += os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == REFUSED
        if os.WIFSIGNALED(ended) and os.WTERMSIG(ended) != signal.SIGKILL:
            self.found.wrong.append(f"{label}: it crashed with signal {os.WTERMSIG(ended)}")
        if os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == BROKE:
            self.found.wrong.append(f"{label}: neither done nor a plain sentence")
        self._look(label, world, done=done)
        return ended

    def _child(self, world: Path, before: Callable[[], None], kill_after: float | None) -> int:
        child = os.fork()
        if child == 0:
            os._exit(_go(self.step, world, before))
        begun = time.monotonic()
        if kill_after is not None:
            _wait_for(child, kill_after)
            os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(ended):
            self.took = time.monotonic() - begun
        return ended

    def _look(self, label: str, world: Path, *, done: bool) -> None:
        again = self.found.tried % AGAIN_EVERY == 0
        looking = os.fork()  # no file of SQLite's may be open here when the next child begins
        if looking == 0:
            os._exit(_looked(self.step, world, label, done=done, again=again))
        if os.waitpid(looking, 0)[1]:
            said = (world / "wrong.txt").read_text() if (world / "wrong.txt").exists() else "?"
            self.found.wrong.append(said)


def _wait_for(child: int, seconds: float) -> None:
    """At most so long: a life that is over need not be waited for."""
    over = os.pidfd_open(child)
    select.select([over], [], [], seconds)
    os.close(over)


def _go(step: Step, world: Path, before: Callable[[], None]) -> int:
    try:
        before()
        step.go(world)
    except (MediLinkError, OSError):
        return REFUSED
    except BaseException:  # noqa: BLE001 told to whoever waits
        os.write(2, traceback.format_exc().encode())
        return BROKE
    return DONE


def _looked(step: Step, world: Path, label: str, *, done: bool, again: bool) -> int:
    _calm()
    try:
        wrong = list(step.wrong(world, done))
        if again and not wrong:
            step.go(world)
            wrong = [f"tried again: {one}" for one in step.wrong(world, True)]
    except BaseException as trouble:  # noqa: BLE001 told to whoever waits
        wrong = [f"{type(trouble).__name__}: {trouble}"]
    if wrong:
        (world / "wrong.txt").write_text(f"{label}: {'; '.join(wrong)}")
    return bool(wrong)


def kill(step: Step, folder: Path, times: int, seed: int) -> Found:
    """-9 at random moments of the step's life."""
    battery, chance = Battery(step, folder), random.Random(seed)
    battery.strike("nothing happens", lambda: None, None)
    for number in range(times):
        battery.strike(f"kill {number}", lambda: None, chance.uniform(0, battery.took))
        if len(battery.found.wrong) > MANY_WRONG:
            break
    return battery.found


# ---- calls that fail, by libfiu (blitiri.com.ar/p/libfiu)

_DECIDES = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.POINTER(ctypes.c_int),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_uint),
)
POINT = b"posix/io/*"
_KEPT: list[object] = []


def _fiu() -> ctypes.CDLL | None:
    """The library that was loaded before this program; None where it was not."""
    if "fiu" not in os.environ.get("LD_PRELOAD", ""):
        return None
    return ctypes.CDLL("libfiu.so.0")


def _calm() -> None:
    if library := _fiu():
        library.fiu_disable(POINT)


def _deciding(at: int, mode: str, say: int | None) -> Callable[..., int]:
    """Whether this call fails; `say`: where the number of calls is written instead."""
    seen = 0

    def decide(*_: object) -> int:
        nonlocal seen
        seen += 1
        if say is not None:
            os.pwrite(say, b"%12d" % seen, 0)
            return 0
        if mode == "kill" and seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return int(seen == at or (mode == "on" and seen > at))

    return decide


def _arm(code: int, decide: Callable[..., int]) -> None:
    library = _fiu()
    assert library, "libfiu is not there"
    called = _DECIDES(decide)
    _KEPT.append(called)
    enabled = library.fiu_enable_external(POINT, 1, ctypes.c_void_p(code), 0, called)
    assert enabled == 0


def calls(step: Step, folder: Path, every: int, code: int, mode: str) -> Found:
    """Each call in turn."""
    battery = Battery(step, folder)
    count = os.open(folder / "calls.txt", os.O_RDWR | os.O_CREAT)
    battery.strike("counted", lambda: _arm(code, _deciding(0, mode, count)), None)
    battery.found.calls = int(os.pread(count, 12, 0) or b"0")
    for at in range(1, battery.found.calls + 1, every):
        decide = _deciding(at, mode, None)
        battery.strike(
            f"call {at} of {battery.found.calls}", lambda one=decide: _arm(code, one), None
        )
        if len(battery.found.wrong) > MANY_WRONG:
            break
    return battery.found


def main(what: str, where: Path, given: list[str]) -> None:
    """Each step in a folder of its own."""
    ahead = 2 if what == "kill" else 3
    for name in given[ahead:]:
        folder = where / name
        folder.mkdir()
        if what == "kill":
            found = kill(STEPS[name], folder, int(given[0]), int(given[1]))
        else:
            found = calls(STEPS[name], folder, int(given[0]), int(given[1]), given[2])
        print(json.dumps({"step": name, **asdict(found)}), flush=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])

"""A page drawn again, through the real server: a patient's record against an empty page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.bench.measuring import Measured, percentile
from tests.bench.table import benchmark
from tests.bench.world import World
from tests.streamlit_client import PageClient

ROOT = Path(__file__).resolve().parents[2]
Process = subprocess.Popen[str]
RERUNS = 300
WARM_UP = 10
SHOWS_THE_RECORD = "Measurements"
EMPTY = "× an empty page, as the browser waits"


@dataclass(slots=True)
class Reruns:
    """Milliseconds of every rerun of one page: the server's CPU, and as the browser waits."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


@dataclass(slots=True)
class OpenPage:
    """A page in a browser without a window, with what its reruns took."""

    client: PageClient
    address: str
    clock: int
    taken: Reruns = field(default_factory=Reruns)

    def rerun(self) -> None:
        """Draw it once more and note what it took."""
        cpu, wall = _ns(self.clock), time.perf_counter_ns()
        self.client.rerun(self.address)
        waited = time.perf_counter_ns() - wall
        self.taken.cpu.append((_ns(self.clock) - cpu) / 1e6)
        self.taken.wall.append(waited / 1e6)


def _cpu_clock(pid: int) -> int:
    """The CPU clock of another process (Linux: MAKE_PROCESS_CPUCLOCK); elsewhere real time."""
    return (~pid << 3) | 2 if sys.platform == "linux" else time.CLOCK_MONOTONIC


def _ns(clock: int) -> int:
    return time.clock_gettime_ns(clock)


@contextmanager
def _serving(world: World, kind: str) -> Iterator[tuple[dict[str, str], Process]]:
    """One of the servers, in a process of its own, and what it says of itself."""
    folder = world.new_folder(kind)
    said_wrong = folder / "stderr.txt"
    with said_wrong.open("w") as errors, _started(kind, folder, errors) as server:
        assert server.stdin
        assert server.stdout
        try:
            said = server.stdout.readline()
            if not said:
                raise RuntimeError(f"no server for {kind}: {said_wrong.read_text()[-2000:]}")
            yield json.loads(said), server
        finally:
            server.stdin.close()  # it stops then
            server.wait(timeout=30)


def _started(kind: str, folder: Path, errors: IO[str]) -> Process:
    command = [sys.executable, "-m", "tests.bench.page_servers", kind, str(folder)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True, cwd=ROOT)


def _measure(world: World) -> tuple[Reruns, Reruns]:
    """(record, empty), drawn in turn; measured once for both benchmarks."""
    if world.reruns is None:
        with ExitStack() as stack:
            record = open_page(stack, world, "medilink", "record")
            empty = open_page(stack, world, "empty", "")
            assert SHOWS_THE_RECORD in record.client.texts(), record.client.texts()
            pages = [record, empty]
            for _ in range(world.times(RERUNS, 5)):
                for page in pages:
                    page.rerun()
                pages.reverse()
            world.reruns = record.taken, empty.taken
    reruns: tuple[Reruns, Reruns] = world.reruns
    return reruns


def open_page(stack: ExitStack, world: World, kind: str, address: str) -> OpenPage:
    """A page of a server of its own (`page_servers`), drawn a few times already."""
    return open_served(stack, world, kind, address)[0]


def open_served(
    stack: ExitStack, world: World, kind: str, address: str
) -> tuple[OpenPage, Process]:
    """`open_page`, with the server."""
    said, server = stack.enter_context(_serving(world, kind))
    client = PageClient.connect(said["address"], said["cookie"])
    stack.callback(client.close)
    for _ in range(world.times(WARM_UP)):
        client.rerun(address)
    return OpenPage(client, address, _cpu_clock(int(said["pid"]))), server


def _compare(world: World, share: float, *, cpu: bool = False) -> Measured:
    """As the person waits for it, or the server's CPU."""
    both = [taken.cpu if cpu else taken.wall for taken in _measure(world)]
    ours, floor = (percentile(taken, share) for taken in both)
    best, most = ([percentile(taken, at) for taken in both] for at in (0.0, 0.95))
    note = f"{ours:.1f} against {floor:.1f} ms; best {best[0]:.1f}, {best[1]:.1f}"
    note += f"; p95 {most[0]:.1f}, {most[1]:.1f}: {most[0] / most[1]:.2f} ×"
    return Measured(ours / floor, floor * 1000, note)


@benchmark("page_rerun_p50", EMPTY, at_most=3)
def draws_again(world: World) -> Measured:
    """The usual rerun of a patient's record by the doctor."""
    return _compare(world, 0.5)


@benchmark("page_rerun_p95", EMPTY, at_most=3)
def draws_again_at_worst(world: World) -> Measured:
    """The slowest in twenty."""
    return _compare(world, 0.95)


@benchmark("page_rerun_cpu_p50", "× an empty page, CPU of the server", at_most=10)
def costs_the_laptop(world: World) -> Measured:
    """What the laptop works for a usual rerun; an empty page draws one element, a record forty."""
    return _compare(world, 0.5, cpu=True)

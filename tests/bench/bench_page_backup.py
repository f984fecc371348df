"""What whoever works waits for while a backup is made and checked in the same process."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from typing import IO

from tests.bench.bench_page import open_served
from tests.bench.measuring import Measured, percentile
from tests.bench.table import benchmark
from tests.bench.world import World

MEGABYTES = 1_000
QUIET = 300  # reruns with nothing beside them


@benchmark("page_during_backup", "× the same page with no backup, p95", at_most=2)
def draws_beside_a_backup(world: World) -> Measured:
    """The doctor's page of a patient, drawn again and again in the minutes a round takes."""
    megabytes = 5 if world.small else MEGABYTES
    with ExitStack() as stack:
        page, server = open_served(stack, world, f"backing-up-{megabytes}", "record")
        for _ in range(world.times(QUIET, 5)):
            page.rerun()
        quiet = list(page.taken.wall)
        page.taken.wall.clear()
        assert server.stdin
        assert server.stdout
        made = _Line(server.stdout)
        server.stdin.write("now\n")
        server.stdin.flush()
        begun = time.monotonic()
        while not made.there.is_set():
            page.rerun()
        took = time.monotonic() - begun
    assert not json.loads(made.text)["troubles"], made.text
    busy = page.taken.wall
    note = f"{megabytes} MB in {took:.0f} s, {len(busy)} reruns; " + ", ".join(
        f"p{share * 100:.0f} {percentile(busy, share):.0f} against {percentile(quiet, share):.0f}"
        for share in (0.5, 0.95, 1.0)
    )
    floor = percentile(quiet, 0.95)
    return Measured(percentile(busy, 0.95) / floor, floor * 1000, note + " ms")


class _Line:
    """What a server says next, waited for by another thread."""

    def __init__(self, source: IO[str]) -> None:
        self.there, self.text = threading.Event(), ""
        threading.Thread(target=self._wait, args=[source], daemon=True).start()

    def _wait(self, source: IO[str]) -> None:
        self.text = source.readline()
        self.there.set()

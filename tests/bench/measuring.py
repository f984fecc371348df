"""Timing on a noisy computer: CPU time, small chunks, contestants in turn, minima.

Of many chunks the fastest is the one nobody disturbed; a median is spoiled by whatever else the
computer does. Contestants take turns within each round, so that a slow minute slows all of them.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark found. `floor`: what `value` was divided by, in microseconds of CPU unless
    the benchmark says otherwise. `note`: medians and parts, for a person."""

    value: float
    floor: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds of CPU for one call: a figure for every chunk, in the order of the rounds."""

    chunks: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.chunks)

    @property
    def middle(self) -> float:
        return median(self.chunks)


def cpu_us(work: Work, times: int) -> float:
    """Microseconds of CPU of this process for one call, over `times` calls."""
    begun = time.process_time_ns()
    for _ in range(times):
        work()
    return (time.process_time_ns() - begun) / times / 1000


def take_turns(rounds: int, chunk: int, *contestants: Work) -> list[Timing]:
    """Each contestant in turn, `chunk` calls at a time; who begins changes from round to round."""
    taken: list[list[float]] = [[] for _ in contestants]
    order = list(range(len(contestants)))
    gc.collect()
    gc.freeze()  # as the served program does once it stands (ui/app.py)
    for _ in range(rounds):
        for number in order:
            taken[number].append(cpu_us(contestants[number], chunk))
        order.reverse()
    return [Timing(tuple(figures)) for figures in taken]


def ratio(ours: Timing, floor: Timing) -> Measured:
    """Best chunk against best chunk; the note has the medians."""
    paired = median(a / b for a, b in zip(ours.chunks, floor.chunks, strict=True))
    note = (
        f"{ours.best:.0f} against {floor.best:.0f} µs; "
        f"medians {ours.middle:.0f}, {floor.middle:.0f}, paired ratio {paired:.2f}"
    )
    return Measured(ours.best / floor.best, floor.best, note)


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure below which `share` of the figures lie (nearest rank)."""
    ranked = sorted(figures)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]


def peak_mb() -> float:
    """The largest this program has been (Linux: VmHWM; getrusage also counts what it came from)."""
    said = Path("/proc/self/status").read_text("ascii")
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024

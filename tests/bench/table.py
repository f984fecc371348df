"""The table of benchmarks: name, unit, goal, and the function that measures it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.bench.measuring import Measured
from tests.bench.world import World

Measure = Callable[[World], Measured]
OneMeasure = TypeVar("OneMeasure", bound=Measure)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One line of the table. `sense` is "≤" or "≥": on which side of `goal` is fine."""

    name: str
    unit: str
    sense: str
    goal: float
    measure: Measure

    def reached(self, value: float) -> bool:
        """Whether a value is on the right side of the goal."""
        return value <= self.goal if self.sense == "≤" else value >= self.goal


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    name: str, unit: str, *, at_most: float | None = None, at_least: float | None = None
) -> Callable[[OneMeasure], OneMeasure]:
    """Put a function into the table, with one of the two goals."""
    sense, goal = ("≤", at_most) if at_most is not None else ("≥", at_least)
    if goal is None or name in BENCHMARKS:
        raise ValueError(f"{name}: a goal is missing, or the name is taken")

    def enter(measure: OneMeasure) -> OneMeasure:
        BENCHMARKS[name] = Benchmark(name, unit, sense, goal, measure)
        return measure

    return enter


def all_benchmarks() -> dict[str, Benchmark]:
    """The whole table: every module beside this one whose name begins with `bench_` adds to it."""
    for found in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if found.name.startswith("bench_"):
            importlib.import_module(f"tests.bench.{found.name}")
    return BENCHMARKS

"""Finding people among a hundred thousand: milliseconds, and whether the right one is found."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import apsw

from medilink.acts.register import find_patients
from medilink.people import fold
from tests.bench.filling import SEED, all_names
from tests.bench.measuring import Measured, percentile
from tests.bench.misspelling import KINDS, Misspelt, misspell
from tests.bench.table import benchmark
from tests.bench.world import World

QUERIES = 1_000
PASSES = 3
MS = "ms of CPU"
SHORTEST_TYPED = 2


class Searched(NamedTuple):
    """One query: its best time over the passes, and the folded names found, best first."""

    ms: float
    found: list[str]


def _search(world: World, patients: int, typed: Sequence[str]) -> list[Searched]:
    """Every query of the list, several passes over the whole list; nothing is written in between,
    because the log tells of a search once and not of every keystroke."""
    clinic = world.names(patients)
    find_patients(clinic.admin, "warm up")
    best = [float("inf")] * len(typed)
    found: list[list[str]] = [[] for _ in typed]
    for _ in range(world.times(PASSES, 1)):
        for number, text in enumerate(typed):
            begun = time.process_time_ns()
            hits = find_patients(clinic.admin, text)
            best[number] = min(best[number], (time.process_time_ns() - begun) / 1e6)
            found[number] = [fold(hit.patient.details.full_name) for hit in hits]
    clinic.store.close()
    return [Searched(ms, names) for ms, names in zip(best, found, strict=True)]


def _misspelt(world: World, patients: int) -> tuple[list[Misspelt], list[Searched]]:
    """The misspelt names and what they found; measured once for all benchmarks that ask."""
    if patients not in world.searched:
        asked = list(misspell(all_names(patients), world.times(QUERIES, 100), SEED))
        world.searched[patients] = asked, _search(world, patients, [one.typed for one in asked])
    known: tuple[list[Misspelt], list[Searched]] = world.searched[patients]
    return known


def _being_typed(patients: int, count: int) -> list[str]:
    """Names cut off somewhere after the second letter, as they stand while being typed."""
    chance, names = Random(SEED), all_names(patients)
    chosen = [fold(chance.choice(names)) for _ in range(count)]
    return [name[: chance.randint(SHORTEST_TYPED, len(name))] for name in chosen]


def _spread(times: Sequence[float], patients: int) -> Measured:
    p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
    note = f"{patients:,} patients, {len(times)} queries: p50 {p50:.2f}, worst {max(times):.1f} ms"
    return Measured(p95, None, note)


def _typing(world: World, patients: int) -> Measured:
    typed = _being_typed(patients, world.times(QUERIES, 100))
    return _spread([one.ms for one in _search(world, patients, typed)], patients)


@benchmark("search_prefix_p95", MS, at_most=10)
def finds_while_typing(world: World) -> Measured:
    """The beginning of a name."""
    return _typing(world, world.big)


@benchmark("search_prefix_p95_tenth", MS, at_most=10)
def finds_while_typing_in_a_small_clinic(world: World) -> Measured:
    """The same with a tenth of the patients."""
    return _typing(world, world.tenth)


@benchmark("search_fuzzy_p95", MS, at_most=50)
def finds_the_misspelt(world: World) -> Measured:
    """A misspelt name."""
    return _spread([one.ms for one in _misspelt(world, world.big)[1]], world.big)


@benchmark("search_fuzzy_p95_tenth", MS, at_most=50)
def finds_the_misspelt_in_a_small_clinic(world: World) -> Measured:
    """The same with a tenth of the patients."""
    return _spread([one.ms for one in _misspelt(world, world.tenth)[1]], world.tenth)


def _recall(world: World, patients: int, first: int) -> Measured:
    asked, searched = _misspelt(world, patients)
    all_of, hit = Counter[str](), Counter[str]()
    for one, result in zip(asked, searched, strict=True):
        all_of[one.kind] += 1
        hit[one.kind] += one.meant in result.found[:first]
    parts = ", ".join(f"{kind} {hit[kind] / all_of[kind]:.3f}" for kind in KINDS)
    return Measured(hit.total() / len(asked), None, f"{patients:,} patients: {parts}")


@benchmark("search_recall_at_10", "share", at_least=0.97)
def finds_the_right_one(world: World) -> Measured:
    """The name that was meant is among the first ten."""
    return _recall(world, world.big, 10)


@benchmark("search_recall_at_1", "share", at_least=0.95)
def finds_the_right_one_first(world: World) -> Measured:
    """The name that was meant is the first."""
    return _recall(world, world.big, 1)


@benchmark("search_recall_at_10_tenth", "share", at_least=0.97)
def finds_the_right_one_in_a_small_clinic(world: World) -> Measured:
    """The same with a tenth of the patients."""
    return _recall(world, world.tenth, 10)


@benchmark("name_index_bytes", "bytes a patient", at_most=60)
def keeps_a_small_name_index(world: World) -> Measured:
    """Pages of the full-text index."""
    connection = apsw.Connection(str(world.plain(world.big)), flags=apsw.SQLITE_OPEN_READONLY)
    size = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'patient_name%'"
    total = connection.execute(size).get
    connection.close()
    return Measured(total / world.big, None, f"{world.big:,} patients, {total:,} bytes")

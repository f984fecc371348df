"""A log of a million entries: checked in one pass, proven in a kilobyte, searched in no time."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from database.store import open_store
from medilink.acts.log_proof import give_receipt
from medilink.acts.look_back import read_log
from medilink.acts.register import record_patient_is_here
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.log_check import Witness, check_log
from medilink.log_tree import LogTree
from medilink.people import AccountId, PatientId
from medilink.store import LogFilter
from security.check_log import check_consistency, leaf_hash, root_from_inclusion
from tests.bench.bench_page import open_page
from tests.bench.long_log import fill_log
from tests.bench.measuring import Measured, peak_mb, percentile
from tests.bench.table import benchmark
from tests.bench.world import STORE, World, clinic_at, doctor
from tests.clinics import DATA_KEY, TestClinic

MANY, FEW, SMALL = 1_000_000, 1_000, 50_000
DAY_MS = 86_400_000


def _log_of(world: World, entries: int) -> TestClinic:
    return clinic_at(
        world.made_once(f"log-{entries}", lambda folder: _write(world, folder, entries))
    )


def _write(world: World, folder: Path, entries: int) -> None:
    clinic = world.clinic()
    event, last = doctor(clinic).event(Act.OPEN_RECORD, method=Method.CARE), clinic.store.log.head()
    path = clinic.store.file.path
    clinic.store.close()
    fill_log(path, DATA_KEY, event, last, entries)
    open_store(path, DATA_KEY).close()  # makes the blocks
    path.rename(folder / STORE)


def _many(world: World) -> int:
    return SMALL if world.small else MANY


@benchmark("log_check_memory_mb", "MB at the peak, whole process", at_most=200)
def checks_in_one_pass(world: World) -> Measured:
    """Every entry of the long log against a receipt, in a process of its own."""
    clinic = _log_of(world, _many(world))
    path = clinic.store.file.path
    clinic.store.close()
    command = [sys.executable, "-m", "tests.bench.bench_log", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    entries, seconds, peak = int(said[0]), float(said[1]), float(said[2])
    note = f"{entries:,} entries in {seconds:.1f} s of CPU, {entries / seconds:,.0f} a second"
    return Measured(peak, None, note)


def check_alone(path: Path) -> None:
    """What that process does."""
    store = open_store(path, DATA_KEY)
    tree = store.log.of_tree()
    witness, begun = Witness(tree.size, tree.root()), time.process_time()
    verdict = check_log(store.log.rows(), [], [witness])
    seconds = time.process_time() - begun
    assert verdict.sound, verdict
    print(verdict.checked, seconds, peak_mb())
    store.close()


def _tree(clinic: TestClinic) -> LogTree:
    return clinic.store.log.of_tree()


@benchmark("log_proof_bytes", "bytes of the longer of two proofs", at_most=1024)
def proves_in_a_kilobyte(world: World) -> Measured:
    """That an entry is in the long log, and that the log only grew."""
    clinic = _log_of(world, _many(world))
    tree, some = _tree(clinic), random.Random(3)
    longest = 0
    for _ in range(20):
        old = some.randrange(1, tree.size)
        index = some.randrange(old)
        paths = tree.inclusion(index, old), tree.consistency(old, tree.size)
        longest = max(longest, *(32 * len(path) for path in paths))
    clinic.store.close()
    return Measured(longest, None, f"{tree.size:,} entries")


@benchmark("log_proof_check_ms", "ms to check both proofs", at_most=50)
def checks_a_proof(world: World) -> Measured:
    """What a stand-alone checker does with them."""
    clinic = _log_of(world, _many(world))
    tree = _tree(clinic)
    old, index = tree.size * 2 // 3, tree.size // 2
    leaf = leaf_hash(tree._hashes(index, index + 1)[0])
    inclusion, consistency = tree.inclusion(index, old), tree.consistency(old, tree.size)
    was, now = tree.root(old), tree.root()
    clinic.store.close()
    begun = time.process_time()
    assert root_from_inclusion(leaf, index, old, inclusion) == was
    check_consistency(old, was, tree.size, now, consistency)
    return Measured((time.process_time() - begun) * 1000, None, f"{tree.size:,} entries")


def _searches(now: int) -> dict[str, LogFilter]:
    return {
        "all": LogFilter(),
        "a week": LogFilter(since=now - 7 * DAY_MS),
        "a common act": LogFilter(acts=frozenset({Act.SHARE})),
        "a rare act": LogFilter(acts=frozenset({Act.MERGE})),
        "an act that never was": LogFilter(acts=frozenset({Act.UNDO_MERGE})),
        "a person": LogFilter(account=AccountId(3)),
        "a person, refused": LogFilter(account=AccountId(3), outcome="refused"),
        "a person, a rare act": LogFilter(account=AccountId(3), acts=frozenset({Act.MERGE})),
        "long ago": LogFilter(since=now - 600 * DAY_MS, until=now - 590 * DAY_MS),
        "a patient": LogFilter(patient=PatientId(77)),
    }


def _time_searches(desk: Desk, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        for wanted in _searches(desk.now).values():
            desk.seen.clear()
            begun = time.process_time()
            read_log(desk, wanted)
            taken.append(time.process_time() - begun)
    return taken


@benchmark("log_search_ms", "ms, p95 over ten kinds of search", at_most=3000)
def searches_the_log(world: World) -> Measured:
    """The administrator's look into the long log; three seconds are asked for."""
    taken = {}
    for entries in (_many(world), FEW):
        clinic = _log_of(world, entries)
        taken[entries] = _time_searches(clinic.admin, world.times(10))
        clinic.store.close()
    many, few = (percentile(taken[entries], 95) * 1000 for entries in (_many(world), FEW))
    return Measured(many, None, f"{few:.1f} ms with {FEW:,} entries")


@benchmark("log_receipt_ms", "ms to make a receipt in the long log", at_most=250)
def makes_a_receipt(world: World) -> Measured:
    """With its root over the whole log and its signature."""
    clinic = _log_of(world, _many(world))
    carer, patient = doctor(clinic), clinic.register().patient.id
    record_patient_is_here(carer, patient, "visit")
    taken = []
    for _ in range(world.times(10)):
        begun = time.process_time()
        give_receipt(carer, patient)
        taken.append(time.process_time() - begun)
    clinic.store.close()
    return Measured(min(taken) * 1000, None, f"{_many(world):,} entries")


@benchmark("log_page", "× the page of a log of 1,000 entries, p95", at_most=3)
def draws_the_log_page(world: World) -> Measured:
    """The administrator's page as the browser waits for it, through the real server."""
    many = _many(world)
    with ExitStack() as stack:
        long, short = (open_page(stack, world, f"log-{entries}", "") for entries in (many, FEW))
        for page in (long, short):
            assert any("Is it whole" in text for text in page.client.texts()), page.client.texts()
        pages = [long, short]
        for _ in range(world.times(40, 2)):
            for page in pages:
                page.rerun()
            pages.reverse()
        ours, floor = (percentile(page.taken.wall, 95) for page in (long, short))
    note = f"{ours:.1f} ms with {many:,} entries against {floor:.1f}"
    return Measured(ours / floor, floor * 1000, note)


if __name__ == "__main__":
    check_alone(Path(sys.argv[1]))

"""A record of ten thousand visits as MediLink's own file, against its rows and `orjson` alone."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import orjson

from exports.forms import Form
from exports.making import Chosen, make_export
from exports.wording import English
from medilink.audit import Act, LoggedRead
from medilink.desk import Desk
from medilink.handing_out import EVERYTHING_ASKED
from medilink.records import ALL_SECTIONS, PLACES
from tests.bench.long_record import ONLY, long_record, made_folder, visits_in
from tests.bench.measuring import Measured, peak_mb, ratio, take_turns
from tests.bench.table import benchmark
from tests.bench.world import World, clinic_at, doctor


@benchmark("export_json_10k", "× reading the rows and orjson alone", at_most=2.0)
def exports_as_json(world: World) -> Measured:
    """From the gate to the signed and sealed file. The floor reads the record without gate or log
    and writes the fields of its entries once, as they are, with `orjson`."""
    clinic, desk = long_record(world)
    _, logged = clinic.store.records.read(
        ONLY, ALL_SECTIONS, audit=desk.event(Act.OPEN_RECORD, ONLY, sections=ALL_SECTIONS)
    )
    ours, floor = take_turns(
        world.times(20, 1), 1, lambda: _export(desk), lambda: _floor(desk, logged)
    )
    clinic.store.close()
    return ratio(ours, floor)


def _export(desk: Desk) -> bytes:
    return make_export(desk, ONLY, Chosen(EVERYTHING_ASKED, Form.JSON, English())).content


def _floor(desk: Desk, logged: LoggedRead) -> None:
    record, _ = desk.store.records.read(ONLY, ALL_SECTIONS, audit=logged)
    out = io.BytesIO()
    for place in PLACES:
        for entry in getattr(record, place):
            out.write(orjson.dumps(entry._asdict(), default=_as_hex))
            out.write(b"\n")


def _as_hex(uid: object) -> str:
    return uid.hex() if isinstance(uid, bytes) else str(uid)


@benchmark("export_json_memory", "MB at the peak above idle", at_most=150)
def exports_in_little_memory(world: World) -> Measured:
    """The same in a process of its own, which before it has opened the store and is at rest."""
    folder = made_folder(world)
    command = [sys.executable, "-m", "tests.bench.bench_record_file", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    idle, peak, seconds, size = map(float, said)
    note = (
        f"{visits_in(world):,} visits: {idle:.0f} MB at rest, {peak:.0f} at the peak; "
        f"{seconds:.1f} s of CPU, {size / 1e6:.1f} MB"
    )
    return Measured(peak - idle, idle, note)


def export_alone(folder: Path) -> None:
    """What that process does."""
    clinic = clinic_at(folder)
    desk = doctor(clinic)
    idle, begun = peak_mb(), time.process_time()
    size = len(_export(desk))
    print(idle, peak_mb(), time.process_time() - begun, size)
    clinic.store.close()


if __name__ == "__main__":
    export_alone(Path(sys.argv[1]))

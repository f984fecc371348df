"""A record of ten thousand visits as CSV, against its rows and the `csv` module alone."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from pathlib import Path

from exports.document import ClinicalDocument, Proof
from exports.record_csv import write_csv_zip
from exports.wording import English
from medilink.acts.hand_out import hand_out_record
from medilink.audit import Act, LoggedRead
from medilink.desk import Desk
from medilink.handing_out import EVERYTHING_ASKED
from medilink.records import ALL_SECTIONS, PLACES
from tests.bench.long_record import ONLY, long_record, made_folder, visits_in
from tests.bench.measuring import Measured, peak_mb, ratio, take_turns
from tests.bench.table import benchmark
from tests.bench.world import World, clinic_at, doctor

PROOF = Proof("MLV:" + "A" * 200, "six words of it", "six words of the key", b"{}")


@benchmark("export_csv_10k", "× reading the rows and csv alone", at_most=2.0)
def exports_as_csv(world: World) -> Measured:
    """From the gate to the whole zip: a table for each section and one of everything, packed. The
    floor reads the record without gate or log and writes the fields of its entries once, as they
    are, with `csv`."""
    clinic, desk = long_record(world)
    _, logged = clinic.store.records.read(
        ONLY, ALL_SECTIONS, audit=desk.event(Act.OPEN_RECORD, ONLY, sections=ALL_SECTIONS)
    )
    ours, floor = take_turns(
        world.times(20, 1), 1, lambda: _export(desk, io.BytesIO()), lambda: _floor(desk, logged)
    )
    clinic.store.close()
    return ratio(ours, floor)


def _export(desk: Desk, sink: io.BytesIO) -> None:
    handed = hand_out_record(desk, ONLY)
    document = ClinicalDocument(handed, EVERYTHING_ASKED, b"12345", desk.who.title)
    write_csv_zip(document, PROOF, English(), sink, _quiet)


def _quiet(_done: int, _of: int) -> None: ...


def _floor(desk: Desk, logged: LoggedRead) -> None:
    record, _ = desk.store.records.read(ONLY, ALL_SECTIONS, audit=logged)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for place in PLACES:
        writer.writerows(getattr(record, place))
    out.getvalue().encode()


@benchmark("export_csv_memory", "MB at the peak above idle", at_most=150)
def exports_in_little_memory(world: World) -> Measured:
    """The same in a process of its own, which before it has opened the store and is at rest."""
    folder = made_folder(world)
    command = [sys.executable, "-m", "tests.bench.bench_tables", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    idle, peak, seconds, size = map(float, said)
    note = (
        f"{visits_in(world):,} visits: {idle:.0f} MB at rest, {peak:.0f} at the peak; "
        f"{seconds:.1f} s of CPU, {size / 1e6:.1f} MB packed"
    )
    return Measured(peak - idle, idle, note)


def export_alone(folder: Path) -> None:
    """What that process does."""
    clinic = clinic_at(folder)
    desk = doctor(clinic)
    idle, begun, sink = peak_mb(), time.process_time(), io.BytesIO()
    _export(desk, sink)
    print(idle, peak_mb(), time.process_time() - begun, len(sink.getvalue()))
    clinic.store.close()


if __name__ == "__main__":
    export_alone(Path(sys.argv[1]))

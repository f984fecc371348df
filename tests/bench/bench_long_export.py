"""A record of ten thousand visits as MediLink's own file and as CSV, against its rows and `orjson`
or `csv` alone.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from exports.document import ClinicalDocument, Proof
from exports.forms import Form
from exports.making import Chosen, make_export
from exports.record_csv import write_csv_zip
from exports.wording import English
from medilink.acts.hand_out import hand_out_record
from medilink.audit import Act
from medilink.desk import Desk
from medilink.handing_out import EVERYTHING_ASKED
from medilink.records import ALL_SECTIONS, PLACES, Record
from tests.bench.long_record import ONLY, long_record, made_folder, visits_in
from tests.bench.measuring import Measured, peak_mb, ratio, take_turns
from tests.bench.table import benchmark
from tests.bench.world import World, clinic_at, doctor

PROOF = Proof("MLV:" + "A" * 200, "six words of it", "six words of the key", b"{}")


@benchmark("export_json_10k", "× reading the rows and orjson alone", at_most=2.0)
def exports_as_json(world: World) -> Measured:
    """From the gate to the signed and sealed file. The floor reads the record without gate or log
    and writes the fields of its entries once, as they are, with `orjson`."""
    return _against(world, _json, _orjson_alone)


@benchmark("export_csv_10k", "× reading the rows and csv alone", at_most=2.0)
def exports_as_csv(world: World) -> Measured:
    """From the gate to the whole zip: a table for each section and one of everything, packed. The
    floor reads the record without gate or log and writes the fields of its entries once, as they
    are, with `csv`."""
    return _against(world, _csv, _csv_alone)


@benchmark("export_json_memory", "MB at the peak above idle", at_most=150)
def json_in_little_memory(world: World) -> Measured:
    """The same in a process of its own, which before it has opened the store and is at rest."""
    return _memory(world, "json")


@benchmark("export_csv_memory", "MB at the peak above idle", at_most=150)
def csv_in_little_memory(world: World) -> Measured:
    """The same for CSV."""
    return _memory(world, "csv")


def _json(desk: Desk) -> bytes:
    chosen = Chosen(EVERYTHING_ASKED, Form.JSON, English())
    return make_export(desk, ONLY, chosen).content


def _orjson_alone(record: Record) -> None:
    out = io.BytesIO()
    for place in PLACES:
        for entry in getattr(record, place):
            out.write(orjson.dumps(entry._asdict(), default=_as_hex))
            out.write(b"\n")


def _as_hex(uid: object) -> str:
    return uid.hex() if isinstance(uid, bytes) else str(uid)


def _csv(desk: Desk) -> bytes:
    handed = hand_out_record(desk, ONLY)
    document = ClinicalDocument(handed, EVERYTHING_ASKED, b"12345", desk.who.title)
    sink = io.BytesIO()
    write_csv_zip(document, PROOF, English(), sink, _quiet)
    return sink.getvalue()


def _quiet(_done: int, _of: int) -> None: ...


def _csv_alone(record: Record) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for place in PLACES:
        writer.writerows(getattr(record, place))
    out.getvalue().encode()


FILES: dict[str, Callable[[Desk], bytes]] = {"json": _json, "csv": _csv}


def _against(
    world: World, export: Callable[[Desk], bytes], alone: Callable[[Record], None]
) -> Measured:
    clinic, desk = long_record(world)
    event = desk.event(Act.OPEN_RECORD, ONLY, sections=ALL_SECTIONS)
    _, logged = clinic.store.records.read(ONLY, ALL_SECTIONS, audit=event)

    def floor() -> None:
        record, _ = desk.store.records.read(ONLY, ALL_SECTIONS, audit=logged)
        alone(record)

    timed = take_turns(world.times(20, 1), 1, lambda: export(desk), floor)
    clinic.store.close()
    return ratio(*timed)


def _memory(world: World, file: str) -> Measured:
    folder = made_folder(world)
    command = [sys.executable, "-m", "tests.bench.bench_long_export", file, str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    idle, peak, seconds, size = map(float, said)
    note = (
        f"{visits_in(world):,} visits: {idle:.0f} MB at rest, {peak:.0f} at the peak; "
        f"{seconds:.1f} s of CPU, {size / 1e6:.1f} MB"
    )
    return Measured(peak - idle, idle, note)


def export_alone(file: str, folder: Path) -> None:
    """What that process does."""
    clinic = clinic_at(folder)
    desk = doctor(clinic)
    idle, begun = peak_mb(), time.process_time()
    size = len(FILES[file](desk))
    print(idle, peak_mb(), time.process_time() - begun, size)
    clinic.store.close()


if __name__ == "__main__":
    export_alone(sys.argv[1], Path(sys.argv[2]))

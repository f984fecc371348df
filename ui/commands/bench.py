"""`python run.py bench [NAME…]`: how fast it is here, as ratios to floors measured in the same run.

A goal that is missed is said and does not fail the command: timings are findings, not assertions.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from ui.commands.options import FINE, parser

USAGE = 2


def main(argv: list[str]) -> int:
    """0 when everything asked for was measured; 2 for a name that is no benchmark."""
    options = parser("bench", "Measure how fast MediLink is on this computer.")
    options.add_argument("names", nargs="*", metavar="NAME", help="only those that begin so")
    options.add_argument("--json", action="store_true", help="one JSON list")
    options.add_argument("--list", action="store_true", help="name them, measure nothing")
    options.add_argument("--small", action="store_true", help="5,000 patients, not 100,000")
    options.add_argument("--once", action="store_true", help="fewest rounds: does it run")
    given = options.parse_args(argv)
    table: dict[str, Any] = import_module("tests.bench.table").all_benchmarks()
    wanted = [name for name in table if name.startswith(tuple(given.names) or "")]
    unknown = [asked for asked in given.names if not any(name.startswith(asked) for name in table)]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}.", file=sys.stderr)
        print(f"There are: {', '.join(table)}", file=sys.stderr)
        return USAGE
    if given.list:
        print("\n".join(f"{name:28} {table[name].unit}" for name in wanted))
        return FINE
    with tempfile.TemporaryDirectory(prefix="medilink-bench-") as folder:
        world = import_module("tests.bench.world").World(
            Path(folder), small=given.small, once=given.once
        )
        rows = [_measure(table[name], world, quiet=given.json) for name in wanted]
    if given.json:
        print(json.dumps(rows, ensure_ascii=False))
    return FINE


def _measure(one: Any, world: Any, *, quiet: bool) -> dict[str, object]:
    measured = one.measure(world)
    fine = one.reached(measured.value)
    if not quiet:
        goal = f"{one.sense} {one.goal:,g}"
        mark = "ok  " if fine else "MISS"
        print(f"{mark} {one.name:26} {measured.value:>12,.3f} {goal:>10}  {one.unit}", flush=True)
        if measured.note:
            print(f"     {measured.note}", flush=True)
    return {
        "name": one.name,
        "value": measured.value,
        "unit": one.unit,
        "floor": measured.floor,
        "goal": one.goal,
        "ok": fine,
    }

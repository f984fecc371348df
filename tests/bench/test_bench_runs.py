"""Every benchmark runs and says what it promises to say; what it says is nobody's test."""

from __future__ import annotations

import json

import pytest

from tests.bench.table import all_benchmarks
from ui.commands import bench

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_every_benchmark_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--small", "--once", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(all_benchmarks())
    for row in rows:
        assert set(row) == {"name", "value", "unit", "floor", "goal", "ok"}
        assert row["value"] >= 0


def test_a_name_that_is_no_benchmark_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["no-such-thing"]) == 2
    assert "open_record" in capsys.readouterr().err

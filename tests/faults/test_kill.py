"""Pulling the plug while staff write: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from database.store import open_store
from medilink.log_check import check_chain
from tests.clinics import DATA_KEY, TestClinic
from tests.counts import times

KILLS = times(200, 1_000)
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    clinic.store.close()
    killing = [sys.executable, "-m", "tests.faults.killing", str(clinic.folder)]
    done = subprocess.run(
        [*killing, str(doctor.who.id), str(KILLS), "20260302"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS
    assert found["visits"] >= found["acknowledged"] >= KILLS
    store = open_store(clinic.store_file, DATA_KEY)
    assert check_chain(store.log.rows()).sound
    store.close()

"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.clinics import TestClinic, new_clinic
from tests.counts import LONG

settings.register_profile(
    "quick", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", parent=settings.get_profile("quick"), max_examples=2_000)
settings.load_profile("long" if LONG else "quick")


@pytest.fixture(autouse=True)
def same_umask() -> Iterator[None]:
    """A command tightens it for its process, which here is every test's."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[TestClinic]:
    """A clinic of its own."""
    made = new_clinic(tmp_path / "clinic")
    yield made
    made.store.close()

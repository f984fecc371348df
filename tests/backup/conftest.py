"""Fixtures of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backup.backed_up import BackedUp, backed_up
from tests.backup.office import Office
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import Laptop
from tests.clinics import TestClinic


@pytest.fixture
def kisumu(clinic: TestClinic) -> BackedUp:
    """A clinic that can make backups."""
    return backed_up(clinic)


@pytest.fixture
def office(kisumu: BackedUp) -> Office:
    """The same with a backup of its settings and staff."""
    return Office(kisumu)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    """A clinic on its laptop, open."""
    yield Here(Laptop(tmp_path / "laptop"))
    close_all()

"""Fixtures of this room."""

from __future__ import annotations

import pytest

from tests.backup.backed_up import BackedUp, backed_up
from tests.backup.office import Office
from tests.clinics import TestClinic


@pytest.fixture
def kisumu(clinic: TestClinic) -> BackedUp:
    """A clinic that can make backups."""
    return backed_up(clinic)


@pytest.fixture
def office(kisumu: BackedUp) -> Office:
    """The same with a backup of its settings and staff."""
    return Office(kisumu)

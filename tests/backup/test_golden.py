"""Every backup there ever was opens with today's MediLink, and everything is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from backup.archive import nobody_waits
from database import migrate
from medilink.acts.read_record import open_record
from medilink.audit import Act
from medilink.config import Config
from medilink.log_check import check_chain
from medilink.people import Role
from tests.backup.golden import WORDS, golden_backups
from tests.clinics import START, HandClock
from tests.properties.planted import PLANTED
from ui.coming_back import ComingBack, come_back, look_into
from ui.house import House

PASSPHRASE = "copper violin sunset 88"


def test_there_is_one_of_todays_tables() -> None:
    assert migrate.NEWEST in golden_backups(), "make it: python -m tests.backup.golden"


@pytest.mark.parametrize("version", golden_backups())
def test_a_golden_backup_comes_back_whole(version: str, tmp_path: Path) -> None:
    file = golden_backups()[version]
    assert look_into(file, WORDS).says.version == version
    config, clock = Config(tmp_path / "data", tmp_path / "keys", hash_cost="light"), HandClock()
    day = f"{START:%Y-%m-%d}"
    brought = ComingBack(file, WORDS, "", PASSPHRASE, PASSPHRASE, day)
    come_back(config, brought, clock, nobody_waits)
    house = House(config, clock)
    house.unlock(PASSPHRASE)
    try:
        with house.store.file.reading() as connection:
            assert migrate.schema_version(connection) == migrate.NEWEST
        staff = house.store.accounts.list_staff()
        [doctor] = [one for one in staff if Role.PROVIDER in one.roles]
        [patient] = house.store.patients.of_everybody()
        read = repr(open_record(house.desk().signed_in_as(doctor), patient))
        assert [one.word for one in PLANTED if one.word not in read] == []
        rows = list(house.store.log.rows())
        assert check_chain(rows).sound
        assert any(row.act == Act.RESTORE for row in rows)
    finally:
        house.close()

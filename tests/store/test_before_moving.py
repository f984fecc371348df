"""Before a newer MediLink moves a store forward, it is kept as it was."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from database import before_moving, migrate
from database.before_moving import Old, forget_old_stores, keep_old_store
from database.engine import open_raw
from medilink.days import DAY_MS
from medilink.errors import ProgramIncomplete
from tests.clinics import DATA_KEY


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    migrate.bring_up(path, DATA_KEY, create=True)
    raw = open_raw(path, DATA_KEY)
    for table in ("backup_place", "drill", "store_life", "store_swap"):
        raw.execute(f"DROP TABLE {table}")
    raw.execute("UPDATE alembic_version SET version_num = '0010'")
    raw.close()
    return path


def kept_beside(path: Path) -> list[Path]:
    return [one for one in path.parent.iterdir() if "-before-" in one.name]


def version(path: Path) -> str:
    raw = open_raw(path, DATA_KEY)
    [found] = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    raw.close()
    return str(found)


def test_an_older_store_is_kept_as_it_was_and_an_older_program_can_open_it(older: Path) -> None:
    assert keep_old_store(older, DATA_KEY) is Old.KEPT
    migrate.bring_up(older, DATA_KEY)
    [kept] = kept_beside(older)
    assert (version(kept), version(older)) == ("0010", migrate.NEWEST)
    assert not kept.read_bytes().startswith(b"SQLite format 3"), "encrypted as it was"
    assert {one.name for one in older.parent.iterdir() if "copied" in one.name} == set()


def test_a_store_of_today_is_not_copied_at_every_start(older: Path) -> None:
    migrate.bring_up(older, DATA_KEY)
    assert keep_old_store(older, DATA_KEY) is Old.NONE
    assert kept_beside(older) == []


def test_without_room_work_goes_on_and_it_is_told(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(free=older.stat().st_size)
    monkeypatch.setattr(before_moving, "shutil", SimpleNamespace(disk_usage=lambda _path: full))
    assert keep_old_store(older, DATA_KEY) is Old.NO_ROOM
    assert kept_beside(older) == []
    assert shutil.disk_usage(older.parent).free > 0


def test_it_goes_a_week_later_and_not_before(older: Path) -> None:
    keep_old_store(older, DATA_KEY)
    [kept] = kept_beside(older)
    os.utime(kept, (1_000_000, 1_000_000))
    written = 1_000_000_000
    forget_old_stores(older, written + 7 * DAY_MS)
    assert kept_beside(older) == [kept]
    forget_old_stores(older, written + 7 * DAY_MS + 1)
    assert kept_beside(older) == []


def test_a_program_that_lacks_a_part_of_itself_says_so_and_changes_nothing(
    older: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Path(migrate.__file__).parent / "migrations"
    lacking = shutil.ignore_patterns("0010*", "__pycache__")
    shutil.copytree(ours, tmp_path / "steps", ignore=lacking)
    monkeypatch.setattr(migrate, "_STEPS", tmp_path / "steps")
    with pytest.warns(UserWarning, match="0010"), pytest.raises(ProgramIncomplete):
        migrate.bring_up(older, DATA_KEY)
    assert version(older) == "0010"

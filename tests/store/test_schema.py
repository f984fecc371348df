"""The migrations make exactly the tables the code believes in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from database import migrate
from database.engine import open_raw
from database.schema import BEYOND_TABLES, metadata
from tests.clinics import DATA_KEY


def _plain(sql: str) -> str:
    return re.sub(r"[\s\"`]+", "", sql).lower()


def _made(path: Path) -> dict[str, str]:
    raw = open_raw(path, DATA_KEY)
    rows = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'patient_name_%'"
    ).fetchall()
    raw.close()
    return {name: _plain(sql) for name, sql in rows if name != "alembic_version"}


def test_the_migrated_store_is_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    migrate.bring_up(path, DATA_KEY, create=True)
    dialect = sqlite.dialect()  # type: ignore[no-untyped-call]
    wanted: dict[str, str] = {}
    for table in metadata.sorted_tables:
        wanted[table.name] = _plain(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            wanted[str(index.name)] = _plain(str(CreateIndex(index).compile(dialect=dialect)))
    made = _made(path)
    beyond = {_plain(sql) for sql in BEYOND_TABLES}
    assert {name: sql for name, sql in made.items() if sql not in beyond} == wanted
    assert beyond <= set(made.values())


def test_every_table_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    migrate.bring_up(path, DATA_KEY, create=True)
    for name, sql in _made(path).items():
        if sql.startswith("createtable"):
            assert "strict" in sql, name


def test_a_step_that_fails_leaves_the_old_store_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.db"
    migrate.bring_up(path, DATA_KEY, create=True)
    before, newest = _made(path), migrate.NEWEST
    steps = tmp_path / "steps"
    (steps / "versions").mkdir(parents=True)
    ours = Path(migrate.__file__).parent / "migrations"
    for name in ("env.py", *(f"versions/{step.name}" for step in ours.glob("versions/0*.py"))):
        (steps / name).write_text((ours / name).read_text())
    (steps / "versions" / "9999_breaks.py").write_text(
        f"from alembic import op\nrevision='9999'\ndown_revision='{migrate.NEWEST}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (x INTEGER) STRICT')\n"
        "    op.execute('INSERT INTO clinic SELECT * FROM nowhere')\n"
    )
    monkeypatch.setattr(migrate, "_STEPS", steps)
    monkeypatch.setattr(migrate, "NEWEST", "9999")
    with pytest.raises(Exception, match="nowhere"):
        migrate.bring_up(path, DATA_KEY)
    assert _made(path) == before
    raw = open_raw(path, DATA_KEY)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
    raw.close()


def rows_of(raw: Any, table: str) -> int:
    return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_step_that_loses_rows_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "records.db"
    migrate.bring_up(path, DATA_KEY, create=True)
    raw = open_raw(path, DATA_KEY)
    raw.execute("INSERT INTO code_tries VALUES (1, 1, 1)")
    raw.close()
    steps = tmp_path / "steps"
    (steps / "versions").mkdir(parents=True)
    ours = Path(migrate.__file__).parent / "migrations"
    for name in ("env.py", *(f"versions/{step.name}" for step in ours.glob("versions/0*.py"))):
        (steps / name).write_text((ours / name).read_text())
    (steps / "versions" / "9999_loses.py").write_text(
        f"from alembic import op\nrevision='9999'\ndown_revision='{migrate.NEWEST}'\n"
        "def upgrade():\n    op.execute('DELETE FROM code_tries')\n"
    )
    monkeypatch.setattr(migrate, "_STEPS", steps)
    monkeypatch.setattr(migrate, "NEWEST", "9999")
    with pytest.raises(migrate.StoreDamaged):
        migrate.bring_up(path, DATA_KEY)
    raw = open_raw(path, DATA_KEY)
    assert rows_of(raw, "code_tries") == 1
    raw.close()

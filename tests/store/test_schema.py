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
from database.store import open_store
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import Scope
from medilink.sharing import GrantKind, GrantState
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


def test_grants_of_an_older_store_keep_their_openings_and_cover_nothing_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.db"
    steps = tmp_path / "steps"
    (steps / "versions").mkdir(parents=True)
    ours = Path(migrate.__file__).parent / "migrations"
    for name in ("env.py", "versions/0001_first.py", "versions/0002_whole_record.py"):
        (steps / name).write_text((ours / name).read_text())
    with monkeypatch.context() as older:
        older.setattr(migrate, "_STEPS", steps)
        older.setattr(migrate, "NEWEST", "0002")
        migrate.bring_up(path, DATA_KEY, create=True)
    raw = open_raw(path, DATA_KEY)
    raw.execute(
        "INSERT INTO patient (id, uid, medilink_id, sex, birth_estimated, version, registered_at)"
        " VALUES (1, x'01', 'ML-1', 'female', 0, 1, 0)"
    )
    raw.execute(
        "INSERT INTO account (id, user_name, display_name, role, password_hash, must_change,"
        " disabled, failures, wait_until, made_at)"
        " VALUES (7, 'a', 'A', 'provider', '', 0, 0, 0, 0, 0)"
    )
    uids = [bytes([number] * 16) for number in (1, 2)]
    kept = [
        (1, uids[0], b"a" * 32, "allergies,vitals", "used"),
        (2, uids[1], b"b" * 32, ",".join(sorted(Section)), "active"),
    ]
    raw.executemany("INSERT INTO access_grant VALUES (?, ?, 1, ?, ?, 1, 'why', 5, 9, ?, 2)", kept)
    raw.execute("INSERT INTO grant_opening VALUES (1, 7, 6)")
    raw.close()
    migrate.bring_up(path, DATA_KEY)
    store = open_store(path, DATA_KEY)
    first, second = (store.grants.by_uid(uid) for uid in uids)
    assert first is not None
    assert second is not None
    assert first.scope == Scope(frozenset({Section.ALLERGIES, Section.VITALS}))
    assert second.scope == Scope(ALL_SECTIONS)
    assert (first.opened_by, first.state, first.tries) == ((7,), GrantState.USED, 2)
    assert (second.kind, second.made_at, second.purpose) == (GrantKind.CODE, 5, "why")
    assert store.grants.by_share_id(uids[1][-8:]) == second
    store.close()
    raw = open_raw(path, DATA_KEY)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        raw.execute("DELETE FROM access_grant WHERE id = 1")
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

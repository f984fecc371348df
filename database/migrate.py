"""Bringing a store to today's tables: refuse a newer one, move an older one forward, check it.

A step runs in one transaction on a connection that may change the schema; afterwards foreign keys,
triggers and every table's row count must be what they were, otherwise nothing has happened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import open_raw, plain_words
from medilink.errors import ProgramIncomplete, StoreDamaged, StoreNewer

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

NEWEST = "0013"
_STEPS = Path(__file__).parent / "migrations"


def schema_version(connection: Connection) -> str:
    """The step a store is at; empty for one without tables."""
    there = connection.exec_driver_sql(
        "SELECT count(*) FROM sqlite_master WHERE name='alembic_version'"
    ).scalar_one()
    if not there:
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def bring_up(path: Path, data_key: bytes, *, create: bool = False) -> None:
    """Make or move forward the store at `path`. Raises StoreNewer, StoreDamaged,
    ProgramIncomplete."""
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: open_raw(path, data_key, create=create),
        poolclass=StaticPool,
    )
    try:
        with plain_words(engine), engine.connect() as connection:
            found = schema_version(connection)
            if found == NEWEST:
                return
            if found > NEWEST:
                raise StoreNewer(found=found, known=NEWEST)
            _step_forward(connection)
    finally:
        engine.dispose()


def _step_forward(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 half a second, needed once per new version
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    before = _row_counts(connection)
    connection.rollback()
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    steps = Config()
    steps.set_main_option("script_location", _STEPS.as_posix())
    steps.attributes["connection"] = connection
    try:
        _check_all_there(ScriptDirectory.from_config(steps))
        command.upgrade(steps, "head")
    except CommandError as missing:
        raise ProgramIncomplete from missing
    after = _row_counts(connection)
    bad_keys = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if bad_keys or any(after.get(table) != count for table, count in before.items()):
        connection.exec_driver_sql("ROLLBACK")
        raise StoreDamaged
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _check_all_there(steps: ScriptDirectory) -> None:
    """From the first to the last. Raises CommandError, ProgramIncomplete."""
    try:
        for _ in steps.walk_revisions():
            pass
    except KeyError as missing:  # how Alembic says that one in the middle is not
        raise ProgramIncomplete from missing


def _row_counts(connection: Connection) -> dict[str, Any]:
    tables = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'patient_name%' AND name NOT LIKE 'patient_token%'"
        " AND name <> 'alembic_version'"
    ).scalars()
    return {
        table: connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608
        for table in list(tables)
    }

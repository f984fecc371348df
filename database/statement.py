"""Core statements compiled once, run many times.

SQLAlchemy builds and caches a statement on every execution; on hot paths that is most of the time.
A `Statement` compiles its Core expression at first use and hands the text straight to the driver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Row
from sqlalchemy.sql.base import Executable

AnyRow = Row[*tuple[Any, ...]]


class Statement:
    """One Core expression with named bind parameters; no IN lists, whose text depends on them."""

    __slots__ = ("_defaults", "_expression", "_names", "_text")

    def __init__(self, expression: Executable) -> None:
        self._expression = expression
        self._text = ""
        self._names: tuple[str, ...] = ()
        self._defaults: dict[str, Any] = {}

    def _compile(self, connection: Connection) -> None:
        compiled = self._expression.compile(connection)  # type: ignore[attr-defined]
        self._names = tuple(compiled.positiontup or ())
        self._defaults = {k: v for k, v in compiled.params.items() if v is not None}
        self._text = str(compiled)

    def run(self, connection: Connection, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Run with every bind parameter given by name."""
        if not self._text:
            self._compile(connection)
        given = self._defaults | values if self._defaults else values
        row = tuple([given[name] for name in self._names])
        return connection.exec_driver_sql(self._text, row)

    def run_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run once for each row, in one call to the driver."""
        if not self._text:
            self._compile(connection)
        names = self._names
        values = [tuple([row[name] for name in names]) for row in rows]
        if values:
            connection.exec_driver_sql(self._text, values)

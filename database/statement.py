"""Core statements compiled once, run many times on the driver itself.

SQLAlchemy builds a statement and the description of its result on every execution; on hot paths
that is most of the time. A `Statement` compiles its Core expression at first use and hands text and
values to the driver's cursor, inside the transaction SQLAlchemy has begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

AnyRow = tuple[Any, ...]


class Rows:
    """What a statement brought: rows as plain tuples."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        """Rows changed."""
        return int(self._cursor.rowcount)

    def all(self) -> list[AnyRow]:
        """Every row."""
        found: list[AnyRow] = self._cursor.fetchall()
        return found

    def __iter__(self) -> Iterator[AnyRow]:
        """Row by row, as they are read."""
        return iter(self._cursor)

    def first(self) -> AnyRow | None:
        """The first row; None without one."""
        found = self.all()
        return found[0] if found else None

    def one(self) -> AnyRow:
        """The only row. Raises IndexError without one."""
        return self.all()[0]

    def scalar(self) -> Any:
        """The first column of the first row; None without one."""
        found = self.first()
        return found[0] if found else None

    def scalar_one(self) -> Any:
        """The first column of the only row. Raises IndexError without one."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self.all()]


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

    def run(self, connection: Connection, **values: Any) -> Rows:
        """Run with every bind parameter given by name. Raises the driver's own errors."""
        if not self._text:
            self._compile(connection)
        given = self._defaults | values if self._defaults else values
        row = tuple([given[name] for name in self._names])
        return Rows(cursor_of(connection).execute(self._text, row))

    def run_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run once for each row, in one call to the driver."""
        if not self._text:
            self._compile(connection)
        names = self._names
        values = [tuple([row[name] for name in names]) for row in rows]
        if values:
            cursor_of(connection).executemany(self._text, values)


def cursor_of(connection: Connection) -> Any:
    """A cursor of the driver, in the transaction of a connection."""
    return connection.connection.cursor()

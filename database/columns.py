"""What every table is made with: names of constraints, STRICT, and the columns that come again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text, text

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def text_column(name: str, default: str | None = "") -> Column[Any]:
    """A text that is never NULL; `default` None: it must be given."""
    server = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server)


def int_column(name: str, *, nullable: bool = False, default: int | None = None) -> Column[Any]:
    """A whole number."""
    server = None if default is None else text(str(default))
    return Column(name, Integer, nullable=nullable, server_default=server)


def patient_column(name: str = "patient_id") -> Column[Any]:
    """Whom a row is about."""
    return Column(name, Integer, ForeignKey("patient.id", ondelete="RESTRICT"), nullable=False)


def account_column(name: str = "account_id", *, nullable: bool = False) -> Column[Any]:
    """Whose doing a row is."""
    return Column(name, Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=nullable)


def strict_table(name: str, *columns: Any, **options: Any) -> Table:
    """A STRICT table of the one metadata."""
    return Table(name, metadata, *columns, sqlite_strict=True, **options)

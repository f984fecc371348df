"""The table of places backups are carried to. It belongs to the same store as those of
`database.schema`, which imports this room."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, UniqueConstraint

from database.columns import int_column, strict_table, text_column

backup_place = strict_table(
    "backup_place",
    Column("id", Integer, primary_key=True),
    text_column("key", None),
    text_column("kind", None),
    text_column("name", None),
    text_column("details", None),  # JSON; a password may be in it
    int_column("since"),
    int_column("shut", default=0),
    UniqueConstraint("key"),
    CheckConstraint("kind IN ('folder','stick','sftp','s3')", name="kind"),
)

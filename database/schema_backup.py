"""The tables about the store's own backups. They belong to the same store as those of
`database.schema`, which imports this room."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, UniqueConstraint, text

from database.columns import int_column, strict_table, text_column

# Old ones stay: backups that were sealed to them still lie about.
backup_key = strict_table(
    "backup_key",
    Column("id", Integer, primary_key=True),
    text_column("use", None),
    text_column("recipient", None),
    Column("held", LargeBinary, nullable=False),
    int_column("since"),
    int_column("current"),
    UniqueConstraint("recipient"),
    CheckConstraint("use IN ('recovery','drill')", name="use"),
)

# A row is written before its backup is made, so that it is in it; the rest once it is checked.
backup = strict_table(
    "backup",
    Column("generation", Integer, primary_key=True),
    int_column("at"),
    Column("before", LargeBinary, nullable=False),
    text_column("name"),
    int_column("size", default=0),
    Column("digest", LargeBinary, nullable=False, server_default=text("x''")),
    int_column("verified_at", nullable=True),
)

# When this store came out of a backup, and of which.
restoration = strict_table(
    "restoration",
    Column("id", Integer, primary_key=True),
    int_column("at"),
    int_column("generation"),
    int_column("made_at"),
    int_column("seq"),
)

# Restore drills (`medilink.drills`): every one, also those that failed.
drill = strict_table(
    "drill",
    Column("id", Integer, primary_key=True),
    int_column("at"),
    int_column("passed"),
    text_column("body", None),
)

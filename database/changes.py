"""What was changed in place, field by field, written with the change itself."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert

from database.schema import change
from database.statement import Statement
from medilink.changing import FieldChange
from medilink.people import PatientId

_ADD = Statement(insert(change).values({c.name: bindparam(c.name) for c in change.c}))


def write_changes(connection: Connection, patient: PatientId, lines: Iterable[FieldChange]) -> None:
    """Inside a transaction that is already open."""
    for line in lines:
        _ADD.run(connection, patient_id=patient, **line._asdict())

"""Which entries of the log are a patient's, whatever registrations were merged meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, or_, select

from database.schema import merge
from database.schema_log import audit_log
from medilink.audit import ChainedRow


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose entries are a patient's: by number, and by number for a time."""

    ids: frozenset[int]
    spans: tuple[tuple[int, int, int], ...]

    def clause(self) -> ColumnElement[bool]:
        """As a condition."""
        return or_(
            audit_log.c.patient.in_(sorted(self.ids)),
            *(
                (audit_log.c.patient == kept) & audit_log.c.at.between(since, until)
                for kept, since, until in self.spans
            ),
        )

    def has(self, row: ChainedRow) -> bool:
        """For an entry in the archive."""
        return row.patient in self.ids or any(
            row.patient == kept and since <= row.at <= until for kept, since, until in self.spans
        )


def whose_entries(connection: Connection, patient: int) -> Whose:
    """The entries that are a patient's: their own, those of every registration that was merged
    into theirs, and those of the one theirs was merged into, for as long as that lasted. The log
    itself is never rewritten."""
    ids, looked = {patient}, [patient]
    while looked:
        inside = (merge.c.kept == looked.pop()) & merge.c.undone_at.is_(None)
        new = set(connection.execute(select(merge.c.other).where(inside)).scalars()) - ids
        ids |= new
        looked += new
    taken_back = (merge.c.other == patient) & merge.c.undone_at.is_not(None)
    spans = connection.execute(
        select(merge.c.kept, merge.c.at, merge.c.undone_at).where(taken_back)
    ).all()
    return Whose(frozenset(ids), tuple((kept, since, until) for kept, since, until in spans))

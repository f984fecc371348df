"""Half-typed entries. Not part of any record and so not of the log; encrypted like all the rest."""

from __future__ import annotations

from sqlalchemy import and_, delete, insert, select

from database.engine import StoreFile
from database.schema import draft
from medilink.people import AccountId, PatientId
from medilink.store import Draft

_NOBODY = 0


class Drafts:
    """Implements medilink.store.DraftStore."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file

    def of(self, account: AccountId, patient: PatientId | None, kind: str) -> Draft | None:
        wanted = select(draft.c.body, draft.c.saved_at).where(_is(account, patient, kind))
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        return Draft(row.body, row.saved_at) if row else None

    def keep(
        self, account: AccountId, patient: PatientId | None, kind: str, kept: Draft | None
    ) -> None:
        with self._file.writing() as connection:
            connection.execute(delete(draft).where(_is(account, patient, kind)))
            if kept:
                connection.execute(
                    insert(draft).values(
                        account_id=account,
                        patient_id=patient or _NOBODY,
                        kind=kind,
                        body=kept.body,
                        saved_at=kept.saved_at,
                    )
                )


def _is(account: AccountId, patient: PatientId | None, kind: str):  # type: ignore[no-untyped-def]
    return and_(
        draft.c.account_id == account,
        draft.c.patient_id == (patient or _NOBODY),
        draft.c.kind == kind,
    )

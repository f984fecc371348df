"""What the clinic has decided about itself: one row."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import clinic, clinic_logo
from medilink.audit import AuditEvent
from medilink.errors import EditedMeanwhile, NoStoreYet
from medilink.store import Clinic

_KEPT = [c for c in clinic.c if c.name not in ("id", "next_number")]


class Settings:
    """Implements medilink.store.SettingStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_clinic(self) -> Clinic:
        with self._file.reading() as connection:
            row = connection.execute(select(*_KEPT)).mappings().first()
        if row is None:
            raise NoStoreYet
        return Clinic(**row)

    def set_up(self, new: Clinic, *, audit: AuditEvent) -> Clinic:
        """The first row of a new store."""
        values = {name: getattr(new, name) for name in (c.name for c in _KEPT)}
        with self._log.transaction(audit) as connection:
            connection.execute(insert(clinic).values(id=1, next_number=0, **values))
        return new

    def change_clinic(self, new: Clinic, *, audit: AuditEvent) -> Clinic:
        changed = {
            "name": new.name,
            "country": new.country,
            "language": new.language,
            "idle_minutes": new.idle_minutes,
            "adult_age": new.adult_age,
            "unverified_may_open": new.unverified_may_open,
            "log_years": new.log_years,
            "accent": new.accent,
            "report_folder": new.report_folder,
            "version": new.version + 1,
        }
        with self._log.transaction(audit) as connection:
            same = clinic.c.version == new.version
            if connection.execute(update(clinic).where(same).values(changed)).rowcount != 1:
                raise EditedMeanwhile(theirs=self.of_clinic())
        return self.of_clinic()

    def of_logo(self) -> bytes:
        with self._file.reading() as connection:
            return connection.execute(select(clinic_logo.c.picture)).scalar() or b""

    def change_logo(self, picture: bytes, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            connection.execute(delete(clinic_logo))
            if picture:
                connection.execute(insert(clinic_logo).values(id=1, picture=picture))

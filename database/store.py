"""The store as one thing: opened, made, closed; its parts by family."""

from __future__ import annotations

from pathlib import Path

from database.abroad import Abroad
from database.accounts import Accounts
from database.backups import BackupRows
from database.corrections import Corrections
from database.credentials import CredentialRows
from database.drafts import Drafts
from database.duplicates import Duplicates
from database.engine import StoreFile, self_test
from database.grants import Grants
from database.log import LogKeeper
from database.log_archive import Archive
from database.log_filters import LogFilters
from database.migrate import bring_up
from database.network import NetworkRows
from database.notices import Notices
from database.patients import Patients
from database.questions import Questions
from database.records import Records
from database.reports import Reports
from database.rights import Rights
from database.settings import Settings
from database.unusual import UnusualRows
from database.visiting import VisitingRows


class SqlStore:
    """Implements medilink.store.Store on one encrypted file."""

    def __init__(self, file: StoreFile) -> None:
        self.file = file
        self.log = LogKeeper(file)
        self.log_archive = Archive(file, self.log)
        self.log_filters = LogFilters(file, self.log)
        self.reports = Reports(file, self.log)
        self.settings = Settings(file, self.log)
        self.accounts = Accounts(file, self.log)
        self.patients = Patients(file, self.log)
        self.records = Records(file, self.log)
        self.grants = Grants(file, self.log)
        self.rights = Rights(file, self.log)
        self.notices = Notices(file, self.log)
        self.duplicates = Duplicates(file, self.log)
        self.credentials = CredentialRows(file, self.log)
        self.corrections = Corrections(file, self.log)
        self.questions = Questions(file, self.log)
        self.drafts = Drafts(file)
        self.network = NetworkRows(file, self.log)
        self.abroad = Abroad(file, self.log)
        self.visiting = VisitingRows(file, self.log)
        self.unusual = UnusualRows(file, self.log)
        self.backups = BackupRows(file, self.log)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def open_store(path: Path, data_key: bytes) -> SqlStore:
    """The store at `path`, moved forward if it is older, tested. Raises StoreTrouble."""
    bring_up(path, data_key)
    return _tested(path, data_key)


def make_store(path: Path, data_key: bytes) -> SqlStore:
    """A new, empty store."""
    bring_up(path, data_key, create=True)
    return _tested(path, data_key)


def _tested(path: Path, data_key: bytes) -> SqlStore:
    file = StoreFile(path, data_key)
    try:
        self_test(file)
        store = SqlStore(file)
        store.log.catch_up()
    except BaseException:
        file.close()
        raise
    return store

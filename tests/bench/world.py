"""What benchmarks are run on: filled clinics, made once a run and copied for each contestant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from database.engine import open_raw
from database.store import open_store
from medilink.desk import Desk
from medilink.people import Account, AccountId
from medilink.records import Section
from medilink.scopes import Scope, scope_bits
from security.passwords import Passwords
from security.subkeys import SubKeys
from tests.bench.filling import NOW_MS, fill, heavy_patients
from tests.clinics import DATA_KEY, HandClock, TestClinic, new_clinic

FULL, SMALL = 100_000, 5_000
HEAVY = 500
CODES = 1_000
SHARED = scope_bits(
    Scope(frozenset({Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS, Section.VITALS}))
)
CIPHER_RESERVES = 80  # bytes at the end of each page: SQLCipher's IV (16) and HMAC-SHA512 (64)
STORE = "records.db"


class Passes(Passwords):
    """Hashes nothing. Argon2id takes its tenth of a second on purpose, and would hide the store."""

    def hash(self, password: str) -> str:
        return f"$none${len(password)}"


@dataclass(slots=True)
class World:
    """`small`: for a quick look. `once`: as few rounds as possible, to show that it runs."""

    folder: Path
    small: bool = False
    once: bool = False
    searched: dict[int, Any] = field(default_factory=dict)  # kept by bench_search: patients → found
    reruns: Any = None  # kept by bench_page
    seen: dict[str, Any] = field(default_factory=dict)  # kept by bench_qr: pictures read once
    _made: dict[str, Path] = field(default_factory=dict)
    _copies: int = 0

    @property
    def big(self) -> int:
        """Patients of a large clinic."""
        return SMALL if self.small else FULL

    @property
    def tenth(self) -> int:
        """Patients of a clinic a tenth as large."""
        return self.big // 10

    def times(self, usual: int, least: int = 2) -> int:
        """How often something is done."""
        return least if self.once else usual

    def new_folder(self, name: str) -> Path:
        """An empty folder of this run."""
        self._copies += 1
        made = self.folder / f"{self._copies}-{name}"
        made.mkdir(parents=True)
        return made

    def made_once(self, name: str, make: Callable[[Path], None]) -> Path:
        """A folder that `make` fills the first time it is asked for."""
        if name not in self._made:
            folder = self.new_folder(name)
            make(folder)
            self._made[name] = folder
        return self._made[name]

    def heavy(self, patients: int) -> list[int]:
        """Patients with twenty visits and fifty measurements."""
        return heavy_patients(patients, min(HEAVY, patients // 20))

    # ---- encrypted clinics

    def clinic(self) -> TestClinic:
        """A copy of its own of the clinic with a tenth of the patients, everything written, a
        doctor who has the heavy patients in care, and active codes 0 to CODES."""
        made = self.made_once("clinic", self._make_clinic)
        copied = self.new_folder("copy")
        shutil.copy(made / STORE, copied / STORE)
        return clinic_at(copied)

    def names(self, patients: int) -> TestClinic:
        """The clinic with so many registered and nothing written. Shared: only search it."""

        def make(folder: Path) -> None:
            new_clinic(folder).store.close()
            _fill_store(folder, patients, (), written=False)

        return clinic_at(self.made_once(f"names-{patients}", make))

    def _make_clinic(self, folder: Path) -> None:
        clinic = new_clinic(folder)
        clinic.provider()
        clinic.store.close()
        heavy = self.heavy(self.tenth)
        _fill_store(folder, self.tenth, heavy, written=True)
        _care_and_codes(folder, heavy)

    # ---- the same pages, not encrypted

    def plain(self, patients: int) -> Path:
        """A plain file of such a clinic, page for page as the encrypted one: SQLite's own counters
        can be read there."""

        def make(folder: Path) -> None:
            new_clinic(folder).store.close()
            keyed = open_raw(folder / STORE, DATA_KEY)
            schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rootpage = 0"
            statements = [sql for (sql,) in keyed.execute(schema)]
            keyed.close()
            plain = apsw.Connection(str(folder / "plain.db"))
            plain.reserve_bytes(None, CIPHER_RESERVES)
            plain.execute("PRAGMA cache_size=-262144")
            for sql in statements:
                if "patient_name_" not in sql:  # made by the full-text table itself
                    plain.execute(sql)
            fill(plain, patients, self.heavy(patients))
            plain.close()

        return self.made_once(f"plain-{patients}", make) / "plain.db"


def clinic_at(folder: Path) -> TestClinic:
    """The clinic in a folder, opened again, with its administrator at a desk."""
    store, clock = open_store(folder / STORE, DATA_KEY), HandClock()
    clinic = store.settings.of_clinic()
    desk = Desk(store, clinic, SubKeys(DATA_KEY), Passes("light"), clock)
    opened = TestClinic(folder, store, desk, clock, desk)
    opened.admin = opened.at_desk(_account(opened, 1))
    return opened


def _account(clinic: TestClinic, number: int) -> Account:
    found = clinic.store.accounts.by_id(AccountId(number))
    assert found is not None
    return found


def doctor(clinic: TestClinic) -> Desk:
    """The doctor of a filled clinic, at a desk."""
    return clinic.at_desk(_account(clinic, 2), "session-of-the-doctor")


def _fill_store(folder: Path, patients: int, heavy: Sequence[int], *, written: bool) -> None:
    raw = open_raw(folder / STORE, DATA_KEY)
    fill(raw, patients, heavy, written=written)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _care_and_codes(folder: Path, heavy: list[int]) -> None:
    """One doctor sees the heavy patients; one patient after the other has a code."""
    keys, raw = SubKeys(DATA_KEY), open_raw(folder / STORE, DATA_KEY)
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany(
        "INSERT INTO care VALUES (?, 2, ?, ?, 'registered here')",
        [(patient, NOW_MS, NOW_MS + 86_400_000) for patient in heavy],
    )
    patients = raw.execute("SELECT max(id) FROM patient").fetchone()[0]
    raw.executemany(
        "INSERT INTO access_grant VALUES"
        " (?, ?, ?, ?, ?, 1, '', ?, ?, 'active', 0, NULL, NULL, 'code', NULL, ?)",
        [
            (
                number + 1,
                number.to_bytes(16, "big"),
                number % patients + 1,
                keys.code_lookup(code_of(number)),
                SHARED,
                NOW_MS,
                NOW_MS + 86_400_000,
                number.to_bytes(8, "big"),
            )
            for number in range(CODES)
        ],
    )
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def code_of(number: int) -> str:
    """The code of the grant with a number."""
    return f"{number:06d}"

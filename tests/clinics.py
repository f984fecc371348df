"""Whole clinics to test in: a real encrypted store, a clock moved by hand, people at desks."""

from __future__ import annotations

import atexit
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from database.store import SqlStore, make_store, open_store
from medilink.acts.family import link_guardian
from medilink.acts.merge import merge_patients
from medilink.acts.network_keys import found_network
from medilink.acts.register import Slip, record_patient_is_here, register_patient
from medilink.acts.sign_in import log_sign_out, sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act
from medilink.desk import Desk, Visitor
from medilink.family import Guardianship, Relation
from medilink.log_tree import BLOCK
from medilink.merging import SuspectedPair
from medilink.people import (
    Account,
    AccountId,
    Patient,
    PatientDetails,
    PatientId,
    Profession,
    Role,
    Sex,
)
from medilink.store import Clinic
from security.passwords import Passwords
from security.subkeys import SubKeys

DATA_KEY = bytes(range(32))
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ADMIN_PASSPHRASE = "mango river lantern quiet"


@dataclass
class HandClock:
    """Time that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class TestClinic:
    """A clinic with an administrator. `desk` is nobody's; the rest make people."""

    __test__ = False
    folder: Path
    store: SqlStore
    desk: Desk
    clock: HandClock
    admin: Desk
    made: int = field(default=0)

    @property
    def store_file(self) -> Path:
        return self.folder / "records.db"

    def at_desk(self, account: Account, session: str = "") -> Desk:
        """Somebody at a desk of their own, in a session of their own."""
        self.made += 1
        visitor = Visitor(session or f"session-{self.made}", "192.0.2.7", "a browser")
        desk = Desk(
            self.store,
            self.desk.clinic,
            self.desk.keys,
            self.desk.passwords,
            self.clock,
            account,
            visitor,
        )
        return desk

    def provider(self, name: str = "Amina Otieno") -> Desk:
        """A doctor at a desk."""
        self.made += 1
        account, _ = add_staff(
            self.admin,
            user_name=f"colleague{self.made}",
            display_name=name,
            role=Role.PROVIDER,
            profession=Profession.DOCTOR,
        )
        return self.at_desk(account)

    def register(self, by: Desk | None = None, details: PatientDetails | None = None) -> Slip:
        """A patient, registered by the administrator (who gets no care relation)."""
        self.made += 1
        person = details or PatientDetails(
            given=f"Wanjiku{self.made}",
            family="Ng'ang'a",
            sex=Sex.FEMALE,
            birth_date="1984-05-23",
            phone="+254712345678",
            village="Kibera",
        )
        return register_patient(by or self.admin, person)

    def years_pass(self) -> None:
        """Three years in which something is written every few days: a block of the log and more."""
        for _ in range(BLOCK + 10):
            self.clock.forward(days=4.2)
            log_sign_out(self.admin)

    def link(self, child: PatientId, guardian_id: str, relation: Relation) -> Guardianship:
        """A guardian, recorded by a doctor who has the child in care."""
        doctor = self.provider()
        record_patient_is_here(doctor, child, "brought by the guardian")
        return link_guardian(doctor, child, guardian_id, relation)

    def merge(self, kept: Patient, other: Patient, wanted: dict[str, bool]) -> int:
        """Two registrations MediLink suspects, merged by the administrator."""
        self.suspect(kept, other)
        return merge_patients(self.admin, kept, other, wanted)

    def suspect(self, kept: Patient, other: Patient) -> None:
        """A suspicion, as a scan would find it."""
        pair = SuspectedPair(
            min(kept.id, other.id), max(kept.id, other.id), 9.0, ("same name",), self.desk.now
        )
        event = self.admin.event(Act.SUSPECT_DUPLICATE)
        self.store.duplicates.add_found([pair], audit=event)

    def patient(self, slip: Slip | None = None) -> Desk:
        """A patient at their own phone."""
        slip = slip or self.register()
        account = sign_in(self.desk, slip.patient.medilink_id, slip.password)
        return self.at_desk(account)


def own_id(desk: Desk) -> PatientId:
    """The patient at a desk."""
    patient = desk.who.patient
    assert patient is not None
    return patient


@cache
def _template() -> Path:
    """An empty store, made once a test run and copied for each test."""
    folder = Path(mkdtemp(prefix="medilink-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_store(folder / "records.db", DATA_KEY).close()
    return folder / "records.db"


def new_store(folder: Path) -> SqlStore:
    """An empty store in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_template(), folder / "records.db")
    return open_store(folder / "records.db", DATA_KEY)


def new_clinic(
    folder: Path, name: str = "Kisumu Clinic", code: str = "7KQ", clock: HandClock | None = None
) -> TestClinic:
    """A clinic with one administrator, `grace`, in a network of its own."""
    store, clock = new_store(folder), clock or HandClock()
    clinic = Clinic(name, "KE", "en", code, 15)
    desk = Desk(store, clinic, SubKeys(DATA_KEY), Passwords("light"), clock)
    store.settings.set_up(clinic, audit=desk.event(Act.SET_UP))
    found_network(desk)
    grace = Account(AccountId(0), "grace", "Grace Wafula", Role.ADMIN)
    kept = desk.passwords.hash(ADMIN_PASSPHRASE)
    account = store.accounts.add(grace, kept, audit=desk.event(Act.ADD_ACCOUNT))
    whole = TestClinic(folder, store, desk, clock, desk)
    whole.admin = whole.at_desk(account)
    return whole

"""Property 12: a restore loses nothing and tells everyone.

For all stores, histories and moments: what comes out of a backup is every row of every table as it
was when the backup was begun, nothing of what came later, and a log that is whole up to there;
back at work, nothing of it has changed but what the restore itself says, and all who work here are
told. Against the real store, with the real way back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backup.archive import nobody_waits
from backup.kept import Kept
from backup.restoring import rebuild_store
from backup.taking import take_backup
from database.engine import open_raw
from medilink.acts.notices import my_notices
from medilink.acts.register import register_patient
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import log_sign_out
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.config import Config
from medilink.log_check import check_chain
from medilink.people import PatientDetails, Role, Sex
from medilink.records import ALL_SECTIONS, Section
from medilink.visits import NewVisit
from security.slots import read_slots, unlock_with_words
from tests.backup.backed_up import STORE_ID, WORDS, BackedUp, backed_up
from tests.clinics import DATA_KEY, TestClinic, new_clinic
from ui.coming_back import ComingBack, come_back
from ui.house import House

NEW_PASSPHRASE = "copper violin sunset 88"
DAY_FORM = "%Y-%m-%d"
KEPT_AT_MOST = 12
# What a restore writes, and why; every other table is what it was, row by row.
GROW = ("audit_log", "log_block")
CHANGED_BY_COMING_BACK = {
    "audit_log": "the restore and the new passphrase are entries of it",
    "log_block": "with them a block of it may be full",
    "account": "the administrator's new passphrase",
    "backup": "the backup knows by now that it is whole",
    "restoration": "that there was one, and which",
    "backup_key": "the recovery words were typed; what opens backups is under the fresh key",
    "own_key": "new keys towards other clinics, all under the fresh key",
    "said": "that these are its keys from now on, signed",
    "store_life": "another epoch",
    "access_grant": "open codes are over",
}
Rows = dict[str, frozenset[tuple[object, ...]]]


class Working:
    """A clinic whose history goes on from example to example, and its backups with what was in the
    store when each was begun."""

    def __init__(self, kisumu: BackedUp) -> None:
        self.kisumu = kisumu
        self.doctor, self.patient = kisumu.clinic.provider(), kisumu.clinic.patient()
        self.taken: list[tuple[Kept, Rows, int]] = []

    @property
    def clinic(self) -> TestClinic:
        return self.kisumu.clinic

    def take(self, meanwhile: Callable[[], None]) -> None:
        """A backup, while something else is written as soon as its moment has passed."""
        seen: list[tuple[Rows, int]] = []

        def look(done: int, of: int) -> None:
            if not seen:
                seen.append((rows_of(self.clinic.store_file), self.clinic.store.log.head().seq))
                meanwhile()

        store = self.clinic.store
        kept = take_backup(self.clinic.admin, store, STORE_ID, self.kisumu.stick, look)
        self.taken = [*self.taken, (kept, *seen[0])][-KEPT_AT_MOST:]


def rows_of(store: Path, data_key: bytes = DATA_KEY) -> Rows:
    """Every row of every table."""
    raw = open_raw(store, data_key)
    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    raw.execute("BEGIN")
    found = {
        name: frozenset(raw.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in tables
    }
    raw.close()
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Working]:
    clinic = new_clinic(tmp_path_factory.mktemp("restores") / "clinic")
    yield Working(backed_up(clinic))
    clinic.store.close()


# ---- what may have happened

text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).map(
    lambda said: f"word {said}"
)


def registers(given_name: str) -> Callable[[Working], None]:
    details = PatientDetails(given_name[:40], "Ng'ang'a", Sex.FEMALE)
    return lambda house: void(register_patient(house.doctor, details))


def writes_a_visit(notes: str) -> Callable[[Working], None]:
    def write(house: Working) -> None:
        patient = register_patient(
            house.doctor, PatientDetails("Achieng", "Visit", Sex.FEMALE)
        ).patient
        write_visit(house.doctor, patient.id, NewVisit(reason="fever", notes=notes))

    return write


def adds_an_alert(said: str) -> Callable[[Working], None]:
    def write(house: Working) -> None:
        patient = register_patient(
            house.doctor, PatientDetails("Otieno", "Alert", Sex.MALE)
        ).patient
        add_entry(house.doctor, patient.id, Section.ALERTS, {"text": said})

    return write


def makes_a_code(hours: int) -> Callable[[Working], None]:
    def make(house: Working) -> None:
        house.clinic.clock.forward(days=1)
        make_share_code(house.patient, ALL_SECTIONS, hours=hours)

    return make


def time_passes(hours: int) -> Callable[[Working], None]:
    return lambda house: house.clinic.clock.forward(hours=hours)


def signs_out(_: int) -> Callable[[Working], None]:
    return lambda house: log_sign_out(house.doctor)


def void(_: object) -> None: ...


one_act = (
    st.builds(registers, text)
    | st.builds(writes_a_visit, text)
    | st.builds(adds_an_alert, text)
    | st.builds(makes_a_code, st.sampled_from([1, 24, 168]))
    | st.builds(time_passes, st.integers(1, 500))
    | st.builds(signs_out, st.just(0))
)
history = st.lists(one_act, max_size=2)
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(before=history, meanwhile=history, after=history, which=st.integers(0, KEPT_AT_MOST))
def test_property_12_what_comes_out_is_what_was_there(
    house: Working,
    before: list[Callable[[Working], None]],
    meanwhile: list[Callable[[Working], None]],
    after: list[Callable[[Working], None]],
    which: int,
) -> None:
    for act in before:
        act(house)
    house.take(lambda: [act(house) for act in meanwhile] and None)
    for act in after:
        act(house)
    kept, was, head = house.taken[-1 - which % len(house.taken)]
    path = house.kisumu.path(kept)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "again.db"
        rebuilt = rebuild_store(path, house.kisumu.identity, target, lambda _: DATA_KEY)
        assert rows_of(target) == was
    assert (rebuilt.digest, rebuilt.entries) == (kept.digest, head)
    assert rebuilt.label.says.patients == len(was["patient"])


@pytest.mark.timeout(600)
@many
@given(before=history, after=history, which=st.integers(0, KEPT_AT_MOST))
def test_property_12_back_at_work_nothing_is_lost_and_all_are_told(
    house: Working,
    before: list[Callable[[Working], None]],
    after: list[Callable[[Working], None]],
    which: int,
) -> None:
    for act in before:
        act(house)
    house.take(lambda: None)
    for act in after:
        act(house)
    kept, was, head = house.taken[-1 - which % len(house.taken)]
    with tempfile.TemporaryDirectory() as folder:
        config = Config(Path(folder) / "data", Path(folder) / "keys", hash_cost="light")
        day = f"{datetime.fromtimestamp(kept.at / 1000, UTC):{DAY_FORM}}"
        brought = ComingBack(
            house.kisumu.path(kept), WORDS, "", NEW_PASSPHRASE, NEW_PASSPHRASE, day
        )
        come_back(config, brought, house.clinic.clock, nobody_waits)
        fresh = unlock_with_words(read_slots(config.slots_file), WORDS)
        assert fresh != DATA_KEY
        now = rows_of(config.store_file, fresh)
        for table, rows in was.items():
            if table not in CHANGED_BY_COMING_BACK:
                assert now[table] == rows, table
        assert all(was[table] <= now[table] for table in GROW)
        assert {row[0] for row in was["account"]} == {row[0] for row in now["account"]}
        back = House(config, house.clinic.clock)
        back.unlock(NEW_PASSPHRASE)
        try:
            _everybody_is_told(back, head)
        finally:
            back.close()


def _everybody_is_told(back: House, head: int) -> None:
    assert check_chain(back.store.log.rows()).sound
    staff = back.store.accounts.list_staff()
    assert {Role.ADMIN, Role.PROVIDER} <= {role for one in staff for role in one.roles}
    for one in staff:
        told = my_notices(back.desk().signed_in_as(one))
        found = [notice for notice in told if "restored from a backup" in notice.title]
        assert found, one.user_name
        assert found[0].entry.seq > head

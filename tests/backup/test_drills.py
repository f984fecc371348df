"""The monthly drill: the newest backup of every place is restored, checked and worked with in a
copy nobody else can read; what came of it is told, and nothing of the copy is left."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup.destinations import Place
from backup.folder import Folder, claim_folder
from backup.scratch import FOLDER, scratch_folder, sweep_scratch
from database.store import open_store
from medilink.acts.drill import (
    kept_drills,
    last_drill,
    no_drill_since,
    sign_in_to_copy,
)
from medilink.acts.notices import my_notices
from medilink.acts.register import record_patient_is_here, register_patient
from medilink.acts.write_record import add_entry
from medilink.audit import Act, AuditEntry, Outcome, open_entry
from medilink.days import DAY_MS
from medilink.drills import (
    GIGABYTE,
    MINUTE_MS,
    Came,
    Drill,
    drill_as_text,
    drill_due,
    drill_from_text,
    drill_overdue,
    promised_ms,
)
from medilink.errors import NothingToDrill, NotValid, Refused, ScratchTaken, StoreTrouble
from medilink.people import Account, AccountId, PatientDetails, Role, Sex
from medilink.records import Section
from security.slots import read_slots, unlock_with_words
from tests.backup.test_restoring import Laptop, lost
from ui.drills import drill_now, drill_when_due
from ui.house import House
from ui.rounds import rounds_here

__all__ = ["lost"]  # a fixture
WORD = "penicillin-that-must-not-be-found"


@pytest.fixture
def house(lost: Laptop) -> Iterator[House]:
    """A clinic with a patient who is allergic to something."""
    house = lost.house()
    house.unlock_by_itself()
    [grace] = house.store.accounts.list_staff()
    admin = house.desk().signed_in_as(grace)
    slip = register_patient(admin, PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE))
    amina = Account(AccountId(0), "amina", "Amina Otieno", Role.PROVIDER, "doctor")
    event = house.desk().event(Act.ADD_ACCOUNT)
    doctor = house.desk().signed_in_as(house.store.accounts.add(amina, "none", audit=event))
    record_patient_is_here(doctor, slip.patient.id, "visit")
    add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": WORD})
    yield house
    house.close()


@pytest.fixture
def stick(tmp_path: Path) -> Folder:
    (tmp_path / "usb").mkdir()
    return Folder(tmp_path / "usb", claim_folder(tmp_path / "usb"))


def backed_up_to(house: House, *places: Place) -> None:
    done = rounds_here(house, house.system_desk(), places).go(at_once=True)
    assert done.made
    assert not done.troubles


def admin_of(house: House) -> Account:
    return next(one for one in house.store.accounts.list_staff() if one.role is Role.ADMIN)


def drill_here(house: House, *places: Place) -> Drill:
    return drill_now(house, house.desk().signed_in_as(admin_of(house)), places)


def entries(house: House, act: Act) -> list[AuditEntry]:
    return [open_entry(row) for row in house.store.log.rows() if row.act == act]


def damage(folder: Path) -> None:
    [file] = folder.glob("*.age")
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


def test_every_place_is_restored_and_worked_with(house: House, stick: Folder) -> None:
    backed_up_to(house, stick)
    before = {account.user_name for account in house.store.accounts.list_staff()}
    drill = drill_here(house, stick)
    assert drill.passed
    assert [one.place for one in drill.tried] == ["home", stick.key]
    for one in drill.tried:
        assert one.came is Came.PASSED
        assert (one.generation, one.patients, one.opened) == (1, 1, 1)
        assert one.entries > 5
        assert one.restored > one.size > 0
        assert [step for step, _ in one.steps] == ["fetch", "restore", "check", "sign in", "open"]
        assert one.in_time
    assert kept_drills(house.system_desk()) == [drill]
    [told] = entries(house, Act.DRILL)
    assert (told.outcome, told.extra["restored"], told.extra["failed"]) == ("done", "2", "0")
    assert {account.user_name for account in house.store.accounts.list_staff()} == before
    assert not entries(house, Act.BREAK_GLASS), "only in the copy"
    assert not (house.config.data_dir / FOLDER).exists()


def test_nothing_of_a_record_is_told_or_kept(house: House, stick: Folder) -> None:
    backed_up_to(house, stick)
    drill = drill_here(house, stick)
    kept = drill_as_text(drill) + json.dumps([open_entry(r).extra for r in house.store.log.rows()])
    assert WORD not in kept
    assert "Wanjiku" not in kept


def test_a_damaged_copy_is_said_and_the_others_still_tried(house: House, stick: Folder) -> None:
    backed_up_to(house, stick)
    damage(house.config.data_dir / "backups")
    drill = drill_when_due(house, [stick])
    assert drill
    assert not drill.passed
    home, other = drill.tried
    assert (home.came, home.why) == (Came.FAILED, "source-changed")
    assert other.came is Came.PASSED
    assert last_drill(house.system_desk()) is None
    [told] = entries(house, Act.DRILL)
    assert (told.outcome, told.why) == (Outcome.REFUSED, "source-changed")
    titles = [one.title for one in my_notices(house.desk().signed_in_as(admin_of(house)))]
    assert "A restore drill failed" in titles


def test_what_fits_its_digest_and_is_no_sound_backup_fails_too(
    house: House, stick: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged before it was remembered: only restoring finds out."""
    backed_up_to(house)
    [file] = (house.config.data_dir / "backups").glob("*.age")
    damage(file.parent)
    known = house.config.data_dir / "backups.json"
    said = json.loads(known.read_text())
    said["places"]["home"]["held"][0]["digest"] = hashlib.sha256(file.read_bytes()).hexdigest()
    known.write_text(json.dumps(said))
    [tried] = drill_here(house).tried
    assert (tried.came, tried.why) == (Came.FAILED, "backup-damaged")
    assert [step for step, _ in tried.steps][0] == "fetch"
    assert not (house.config.data_dir / FOLDER).exists()


def test_a_stick_that_is_elsewhere_fails_nothing(house: House, stick: Folder) -> None:
    backed_up_to(house, stick)
    stick.path.rename(stick.path.with_name("in a pocket"))
    drill = drill_here(house, stick)
    assert [one.came for one in drill.tried] == [Came.PASSED, Came.AWAY]
    assert drill.passed


def test_without_a_backup_there_is_nothing_to_try(house: House, stick: Folder) -> None:
    with pytest.raises(NothingToDrill):
        drill_here(house, stick)
    assert drill_when_due(house, [stick]) is None
    assert no_drill_since(house.system_desk()) is None
    assert not entries(house, Act.DRILL)


def test_once_a_month_by_itself_and_a_failed_one_again_the_next_day(
    house: House, lost: Laptop
) -> None:
    def drilled() -> bool:
        return drill_when_due(house, []) is not None

    backed_up_to(house)
    assert drilled()
    lost.clock.forward(days=29)
    assert not drilled()
    lost.clock.forward(days=4)
    damage(house.config.data_dir / "backups")
    assert drilled()
    assert not drilled(), "not at every round"
    lost.clock.forward(days=1.1)
    assert drilled()
    assert [one.passed for one in kept_drills(house.system_desk())] == [False, False, True]


def test_what_nobody_foresaw_is_told_once_and_not_tried_at_every_round(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up_to(house)
    monkeypatch.setattr("backup.drilling.open_one_in_copy", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drill_when_due(house, [])
    assert drill_when_due(house, []) is None
    [told] = entries(house, Act.DRILL)
    assert (told.outcome, told.why) == (Outcome.REFUSED, "failed")
    assert not (house.config.data_dir / FOLDER).exists()


def test_only_who_may_make_backups_holds_or_sees_drills(house: House) -> None:
    backed_up_to(house)
    amina = next(one for one in house.store.accounts.list_staff() if one.user_name == "amina")
    doctor = house.desk().signed_in_as(amina)
    with pytest.raises(Refused):
        drill_now(house, doctor, [])
    assert [one.outcome for one in entries(house, Act.DRILL)] == [Outcome.REFUSED]
    with pytest.raises(Refused):
        kept_drills(doctor)


def test_a_drill_gives_nobody_an_account_in_the_store_itself(house: House) -> None:
    desk = house.system_desk()
    with pytest.raises(NotValid):
        sign_in_to_copy(desk, house.store)
    assert len(house.store.accounts.list_staff()) == 2


def test_one_at_a_time(house: House) -> None:
    backed_up_to(house)
    with scratch_folder(house.config.data_dir):
        with pytest.raises(ScratchTaken):
            drill_here(house)
        assert drill_when_due(house, []) is None
        assert not sweep_scratch(house.config.data_dir)


KILLED = """
import os, sys
from pathlib import Path
from dataclasses import replace
from medilink.config import Config
from tests.clinics import HandClock
from ui.drills import drill_now
from ui.house import House

data, keys, at = sys.argv[1:]
house = House(Config(Path(data), Path(keys), hash_cost="light"), HandClock())
house.unlock_by_itself()

def die(done, of):
    if done >= int(at):
        os._exit(9)

import backup.drilling
if at == "0":
    backup.drilling.open_one_in_copy = lambda *_: os._exit(9)
    die = lambda *_: None
drill_now(house, house.system_desk(), [], progress=die)
"""


@pytest.mark.parametrize("at", [50, 800, 0], ids=["fetched", "restored", "signed in"])
def test_a_drill_that_is_killed_leaves_nothing_that_can_be_read(
    house: House, lost: Laptop, at: int
) -> None:
    backed_up_to(house)
    data = house.config.data_dir
    house.close()
    given = [str(data), str(lost.config.keys_dir), str(at)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *given], check=False)
    assert killed.returncode == 9
    left = [path for path in (data / FOLDER).iterdir() if path.is_file()]
    assert left
    for path in left:
        content = path.read_bytes()
        assert not content.startswith(b"SQLite format 3")
        assert WORD.encode() not in content
        assert b"Wanjiku" not in content
    data_key = unlock_with_words(read_slots(lost.config.slots_file), lost.words)
    copy = data / FOLDER / "records.db"
    assert at or copy.stat().st_size > 100_000, "all of it was there"
    if copy.exists() and copy.stat().st_size:
        with pytest.raises(StoreTrouble):
            open_store(copy, data_key)
    house.unlock_by_itself()
    drill = drill_when_due(house, [])
    assert drill
    assert drill.passed
    assert not (data / FOLDER).exists()


# ---- when


DAYS = st.integers(0, 400 * DAY_MS)


@given(DAYS, DAYS)
def test_it_is_due_every_thirty_days_and_never_later_than_the_next_night(
    last: int, age: int
) -> None:
    assert drill_due(last, last + age) == (age >= 30 * DAY_MS)
    assert drill_due(last, last + age, quiet=False) == (age >= 32 * DAY_MS)
    assert drill_overdue(last, last + age) == (age > 35 * DAY_MS)
    assert drill_due(None, last)
    assert not drill_due(None, last, last)


def test_a_time_that_lies_ahead_counts_for_nothing() -> None:
    assert drill_due(10 * DAY_MS, 5 * DAY_MS, 10 * DAY_MS)


def test_what_is_promised() -> None:
    assert promised_ms(1000) == 10 * MINUTE_MS
    assert promised_ms(GIGABYTE) == 10 * MINUTE_MS
    assert promised_ms(10 * GIGABYTE) == timedelta(hours=1) // timedelta(milliseconds=1)


def test_a_drill_is_read_back_as_it_was_kept(house: House, stick: Folder) -> None:
    backed_up_to(house, stick)
    drill = drill_here(house, stick)
    assert drill_from_text(drill_as_text(drill), drill.number) == drill

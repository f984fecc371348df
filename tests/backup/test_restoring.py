"""A new computer with the file and the words: back at work; what was over does not come back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from backup.archive import label_of, nobody_waits
from backup.recovery import identity_from, recipient_from
from backup.restoring import rebuild_store
from backup.taking import take_backup
from database import migrate
from database.engine import open_raw
from database.store import open_store
from medilink.acts.network import network_here, own_id
from medilink.acts.notices import my_notices
from medilink.acts.receive import open_with_code
from medilink.acts.register import register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act, AuditEntry, open_entry
from medilink.config import Config
from medilink.errors import (
    AdministratorUnknown,
    BackupOtherKey,
    ClockBeforeBackup,
    CodeExpired,
    FolderTaken,
    PasswordWeak,
    RestoreNotAccepted,
    StoreNewer,
    WrongPassphrase,
    WrongRecoveryWords,
)
from medilink.people import PatientDetails, Profession, Role, Sex
from medilink.records import ALL_SECTIONS
from security.key_ring import Use
from security.slots import new_recovery_words
from tests.backup.backed_up import BackedUp
from tests.clinics import START, HandClock
from ui.coming_back import ComingBack, come_back
from ui.commands import audit, backup, backups, restore
from ui.data_folder import MAY_WRITE, make_folder
from ui.house import House

PASSPHRASE = "mango river lantern quiet"
NEW_PASSPHRASE = "copper violin sunset 88"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
DAY = f"{START:%Y-%m-%d}"


class Laptop:
    """A computer with its own data and keys."""

    def __init__(self, folder: Path, clock: HandClock | None = None) -> None:
        self.clock = clock or HandClock()
        self.config = Config(folder / "data", folder / "keys", hash_cost="light")
        self.words = " ".join(new_recovery_words())

    def house(self) -> House:
        return House(self.config, self.clock)

    def come_back(self, file: Path, words: str, **otherwise: str) -> None:
        brought = ComingBack(file, words, "", NEW_PASSPHRASE, NEW_PASSPHRASE, DAY)
        come_back(self.config, replace(brought, **otherwise), self.clock, nobody_waits)

    def opened(self) -> House:
        house = self.house()
        house.unlock(NEW_PASSPHRASE)
        return house


@pytest.fixture
def lost(tmp_path: Path) -> Laptop:
    """The laptop that will be lost, with a clinic on it, and a stick."""
    laptop = Laptop(tmp_path / "lost")
    house = laptop.house()
    house.set_up(FORM, tuple(laptop.words.split()), unattended=True)
    house.close()
    (tmp_path / "stick").mkdir()
    return laptop


@pytest.fixture
def new(tmp_path: Path) -> Laptop:
    """Another one, a day later."""
    laptop = Laptop(tmp_path / "new")
    laptop.clock.forward(days=1)
    return laptop


def backup_of(laptop: Laptop, stick: Path) -> Path:
    house = laptop.house()
    house.unlock_by_itself()
    made = backup_of_open(house, stick)
    house.close()
    return made


def backup_of_open(house: House, stick: Path) -> Path:
    return stick / take_backup(house.system_desk(), house.store, house.store_id, stick).name


@pytest.fixture
def file(lost: Laptop, tmp_path: Path) -> Path:
    return backup_of(lost, tmp_path / "stick")


def entry_of(house: House, act: Act) -> AuditEntry:
    [entry] = [open_entry(row) for row in house.store.log.rows() if row.act == act]
    return entry


def test_words_and_file_bring_everybody_back_to_work(
    lost: Laptop, new: Laptop, tmp_path: Path
) -> None:
    house = lost.house()
    house.unlock_by_itself()
    admin = house.desk().signed_in_as(house.store.accounts.list_staff()[0])
    slip = register_patient(admin, PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE))
    old_id = house.store_id
    house.close()
    file = backup_of(lost, tmp_path / "stick")

    new.come_back(file, lost.words)

    house = new.opened()
    assert sign_in(house.desk(), "grace", NEW_PASSPHRASE).role is Role.ADMIN
    assert sign_in(house.desk(), slip.patient.medilink_id, slip.password).patient
    assert house.store_id != old_id
    told = entry_of(house, Act.RESTORE)
    assert (told.extra["generation"], told.extra["accepted"]) == ("1", DAY)
    assert told.extra["from_store"] == old_id
    kept = backup_of_open(house, tmp_path / "stick")
    label = label_of(kept, identity_from(lost.words))
    assert label.says.generation == 2, "its backups go on from there"
    assert label.says.before.hex() == told.extra["digest"]
    house.close()
    house = new.house()
    with pytest.raises(WrongPassphrase):
        house.unlock(PASSPHRASE)
    house.unlock_with_words(lost.words)
    house.close()


def test_from_the_command_line_and_the_log_is_whole_after(
    lost: Laptop,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "new" / "data"
    monkeypatch.setenv("MEDILINK_KEYS", str(tmp_path / "new" / "keys"))
    monkeypatch.setenv("MEDILINK_HASH_COST", "light")
    monkeypatch.setenv("MEDILINK_RECOVERY_WORDS", lost.words)
    monkeypatch.setenv("MEDILINK_PASSPHRASE", NEW_PASSPHRASE)
    command = [str(file), "--to", str(folder)]
    assert restore.main([*command, "--accept", "2020-01-01"]) == 1
    said = capsys.readouterr()
    assert f"the day to type is {DAY}" in said.out
    assert "Nothing was restored" in said.err
    assert not folder.exists()
    assert restore.main([*command, "--accept", DAY]) == 0
    assert "Restored to" in capsys.readouterr().out
    assert restore.main([*command, "--accept", DAY]) == 1
    assert "does not exist yet" in capsys.readouterr().err
    assert audit.main(["verify", "--data", str(folder)]) == 0
    assert "agrees with the head kept outside" in capsys.readouterr().out
    assert backup.main(["--data", str(folder), "--to", str(file.parent), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["generation"] == 2
    assert backups.main([str(file.parent), "--data", str(folder), "--check", "--json"]) == 0
    assert [one["sound"] for one in json.loads(capsys.readouterr().out)] == [True, True]
    file.write_bytes(file.read_bytes()[:-1])
    assert backups.main([str(file.parent), "--data", str(folder)]) == 1
    assert "NOT what it was" in capsys.readouterr().out


def test_the_lost_laptops_keys_are_retired_and_another_epoch_has_begun(
    lost: Laptop, new: Laptop, file: Path
) -> None:
    """Whoever has the laptop has its keys: nothing shared from now on is sealed to one of them, and
    the others can see that the new ones stand for the same clinic."""
    house = lost.house()
    house.unlock_by_itself()
    before = {key.public: key for key in house.store.network.of_keys()}
    old = own_id(house.desk())
    house.close()
    new.come_back(file, lost.words)
    house = new.opened()
    keys = house.store.network.of_keys()
    retired = {key.public for key in keys if not key.current}
    assert retired == {one.public for one in before.values() if one.use is not Use.ROOT}
    assert {key.use for key in keys if key.current and key.public not in before} == {
        Use.SIGN,
        Use.SEAL,
        Use.CARD,
        Use.EPOCH,
    }
    network, now = network_here(house.desk()), own_id(house.desk())
    assert network.known_as(old) == {old, now}
    assert [one.id for one in network.present(house.desk().now)] == [now]
    assert [epoch.number for epoch in network.epochs] == [1, 2]
    house.close()


def test_the_old_computer_says_how_much_will_be_lost(
    lost: Laptop,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house = lost.house()
    house.unlock_by_itself()
    head = house.store.log.head().seq
    house.close()
    monkeypatch.setenv("MEDILINK_KEYS", str(lost.config.keys_dir))
    monkeypatch.setenv("MEDILINK_RECOVERY_WORDS", lost.words)
    assert restore.main([str(file), "--to", str(tmp_path / "beside"), "--accept", "no"]) == 1
    known = label_of(file, identity_from(lost.words)).log.size
    assert f"knows of {head - known} entries that will be lost" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("otherwise", "refused"),
    [
        ({"words": "abandon ability"}, WrongRecoveryWords),
        ({"words": " ".join(new_recovery_words())}, BackupOtherKey),
        ({"accepted": "2026-03-01"}, RestoreNotAccepted),
        ({"passphrase": "1234", "again": "1234"}, PasswordWeak),
        ({"user_name": "nobody"}, AdministratorUnknown),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else one.__name__,
)
def test_what_does_not_fit_is_one_sentence_and_leaves_no_clinic(
    lost: Laptop, new: Laptop, file: Path, otherwise: dict[str, str], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        new.come_back(file, otherwise.pop("words", lost.words), **otherwise)
    assert not new.config.data_dir.exists() or not list(new.config.data_dir.iterdir())
    new.come_back(file, lost.words)
    new.opened().close()


def test_a_folder_with_something_in_it_is_left_alone(lost: Laptop, new: Laptop, file: Path) -> None:
    new.config.data_dir.mkdir(parents=True)
    letter = new.config.data_dir / "letter.txt"
    letter.write_text("mine")
    with pytest.raises(FolderTaken):
        new.come_back(file, lost.words)
    assert [letter] == list(new.config.data_dir.iterdir())
    with pytest.raises(FolderTaken):
        lost.come_back(file, lost.words)


def test_what_an_interrupted_restore_left_is_no_obstacle(
    lost: Laptop, new: Laptop, file: Path
) -> None:
    new.config.data_dir.mkdir(parents=True)
    new.config.begun_store_file.write_bytes(b"half of it")
    (new.config.data_dir / "keys.json.new").write_bytes(b"{")
    (new.config.data_dir / MAY_WRITE).write_bytes(b"")
    new.come_back(file, lost.words)
    new.opened().close()


def test_a_clock_that_is_behind_the_backup_restores_nothing(
    lost: Laptop, new: Laptop, file: Path
) -> None:
    new.clock.now = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(ClockBeforeBackup):
        new.come_back(file, lost.words)
    assert list(new.config.data_dir.iterdir()) == []


def test_a_code_that_was_open_is_over_and_staff_are_told(
    lost: Laptop, new: Laptop, tmp_path: Path
) -> None:
    """It may have been used, withdrawn or tried five times since."""
    house = lost.house()
    house.unlock_by_itself()
    admin = house.desk().signed_in_as(house.store.accounts.list_staff()[0])
    slip = register_patient(admin, PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE))
    me = house.desk().signed_in_as(sign_in(house.desk(), slip.patient.medilink_id, slip.password))
    code = make_share_code(me, ALL_SECTIONS, hours=168).code
    add_staff(
        admin,
        user_name="amina",
        display_name="Amina",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    house.close()
    new.come_back(backup_of(lost, tmp_path / "stick"), lost.words)
    house = new.opened()
    staff = {one.user_name: one for one in house.store.accounts.list_staff()}
    amina = house.desk().signed_in_as(staff["amina"])
    with pytest.raises(CodeExpired):
        open_with_code(amina, code)
    for who in staff.values():
        told = my_notices(house.desk().signed_in_as(who))
        assert "The records were restored from a backup" in [one.title for one in told]
    house.close()


def change_version(store: Path, data_key: bytes, version: str) -> None:
    raw = open_raw(store, data_key)
    raw.execute("UPDATE alembic_version SET version_num = ?", (version,))
    raw.close()


def test_a_backup_of_a_newer_medilink_is_refused_in_one_sentence(
    kisumu: BackedUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, target = kisumu.take(), tmp_path / "again.db"
    with monkeypatch.context() as older:
        older.setattr("backup.restoring.NEWEST", "0009")
        with pytest.raises(StoreNewer) as told:
            rebuild_store(kisumu.path(kept), kisumu.identity, target, lambda _: bytes(32))
    assert "newer" in told.value.sentence
    assert not target.exists()


def test_an_older_backup_is_moved_forward(
    kisumu: BackedUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today's MediLink with one more step than the one that made the backup."""
    kept, made_by = kisumu.take(), migrate.NEWEST
    steps = tmp_path / "steps"
    (steps / "versions").mkdir(parents=True)
    ours = Path(migrate.__file__).parent / "migrations"
    for name in ("env.py", *(f"versions/{step.name}" for step in ours.glob("versions/0*.py"))):
        (steps / name).write_text((ours / name).read_text())
    (steps / "versions" / "9999_next.py").write_text(
        f"from alembic import op\nrevision='9999'\ndown_revision='{migrate.NEWEST}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE next_thing (x INTEGER) STRICT')\n"
    )
    monkeypatch.setattr(migrate, "_STEPS", steps)
    monkeypatch.setattr(migrate, "NEWEST", "9999")
    monkeypatch.setattr("backup.restoring.NEWEST", "9999")
    target = tmp_path / "again.db"
    rebuilt = rebuild_store(kisumu.path(kept), kisumu.identity, target, lambda _: bytes(32))
    assert rebuilt.label.says.version == made_by
    store = open_store(target, bytes(32))
    with store.file.reading() as connection:
        assert migrate.schema_version(connection) == "9999"
    store.close()


def test_the_recovery_key_in_the_store_is_that_of_the_sheet(lost: Laptop, file: Path) -> None:
    house = lost.house()
    house.unlock_by_itself()
    keys = [key for key in house.store.backups.of_keys() if key.use == "recovery"]
    assert [key.recipient for key in keys] == [recipient_from(lost.words)]
    house.close()


@pytest.mark.parametrize("tail", ["", "-wal", "-shm", "-journal"])
def test_what_a_killed_attempt_has_left_is_not_mixed_into_the_next(
    lost: Laptop, new: Laptop, file: Path, tail: str
) -> None:
    """A journal that is rolled back into the new file would make the good backup a damaged one."""
    make_folder(new.config)
    begun = new.config.begun_store_file
    raw = sqlcipher.connect(str(begun), isolation_level=None)
    raw.execute("PRAGMA cache_spill=1")
    raw.execute("PRAGMA cache_size=2")
    raw.execute("CREATE TABLE part (body)")
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO part VALUES (randomblob(4000))", [()] * 50)
    left = begun.with_name(f"{begun.name}-journal").read_bytes()
    raw.close()
    begun.unlink()
    begun.with_name(begun.name + tail).write_bytes(left)
    new.come_back(file, lost.words)
    new.opened().close()

"""What is typed on the command line: import, audit verify, doctor; and the house they open."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.engine import open_raw
from exports.qr import qr_png
from medilink.acts.log_proof import give_receipt
from medilink.acts.register import register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import sign_in
from medilink.audit import Act, open_entry
from medilink.config import Config
from medilink.errors import (
    AlreadyRunning,
    FolderReadOnly,
    KeysDamaged,
    KeysMissing,
    StoreDamaged,
    StoreRolledBack,
    WrongPassphrase,
)
from medilink.people import Account, AccountId, PatientDetails, Role, Sex
from security import check_log
from security.slots import new_recovery_words, read_machine_key, unlock_with_random
from tests.acts.test_importing import BUNDLE
from ui.commands import audit, bring_in, doctor
from ui.commands.options import claim_folder
from ui.data_folder import make_folder
from ui.house import House, State

PASSPHRASE = "mango river lantern quiet"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
WORDS = new_recovery_words()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("MEDILINK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MEDILINK_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("MEDILINK_HASH_COST", "light")
    return Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")


@pytest.fixture
def unattended(config: Config) -> Iterator[House]:
    house = House(config)
    house.set_up(FORM, WORDS, unattended=True)
    house.close()
    yield house
    house.close()


def data_key(house: House) -> bytes:
    held = house.unlockers.held()
    machine = read_machine_key(house.config.keys_dir, held.store_id)
    assert machine
    key = unlock_with_random(held, "machine", machine)
    assert key
    return key


def test_import_then_verify_then_import_again(
    unattended: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "amina.json"
    bundle.write_text(json.dumps(BUNDLE))
    assert bring_in.main([str(bundle)]) == 1, "one entry of it cannot be read"
    said = capsys.readouterr()
    assert "1 people and 2 entries added" in said.out
    assert "not read" in said.out
    assert bring_in.main([str(bundle), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["people"] == 0
    assert audit.main(["verify"]) == 0
    assert "The log is whole" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_one_sentence(
    unattended: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring_in.main(["nowhere.json"]) == 1
    assert "nowhere.json: This file cannot be read" in capsys.readouterr().out


def test_commands_before_set_up_say_so(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["verify"]) == 1
    assert "set it up first" in capsys.readouterr().err
    assert doctor.main([]) == 0
    assert "not set up yet" in capsys.readouterr().out


def test_a_wrong_passphrase_on_the_command_line(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(config)
    house.set_up(FORM, WORDS, unattended=False)
    house.close()
    monkeypatch.setenv("MEDILINK_PASSPHRASE", "wrong")
    assert audit.main(["verify"]) == 1
    assert "not the right passphrase" in capsys.readouterr().err
    monkeypatch.setenv("MEDILINK_PASSPHRASE", PASSPHRASE)
    assert audit.main(["verify"]) == 0


def change_an_entry(house: House) -> None:
    raw = open_raw(house.config.store_file, data_key(house))
    raw.execute("DROP TRIGGER audit_log_no_update")
    raw.execute("UPDATE audit_log SET why = 'nothing happened' WHERE seq = 2")
    raw.execute(
        "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log"
        " BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
    )
    raw.close()


def test_verify_names_the_first_entry_somebody_changed(
    unattended: House, capsys: pytest.CaptureFixture[str]
) -> None:
    change_an_entry(unattended)
    assert audit.main(["verify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["sound"], found["broken_at"]) == (False, 2)


def test_a_dropped_trigger_stops_the_start(unattended: House) -> None:
    raw = open_raw(unattended.config.store_file, data_key(unattended))
    raw.execute("DROP TRIGGER audit_log_no_delete")
    raw.close()
    unattended.try_to_open()
    assert unattended.state is State.LOCKED
    assert unattended.trouble is not None


def test_an_old_copy_put_back_is_noticed_at_the_start(unattended: House, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(unattended.config.store_file, old)
    unattended.unlock_by_itself()
    unattended.close()
    shutil.copy(old, unattended.config.store_file)
    for suffix in ("-wal", "-shm"):
        Path(f"{unattended.config.store_file}{suffix}").unlink(missing_ok=True)
    unattended.try_to_open()
    assert isinstance(unattended.trouble, StoreRolledBack)
    assert unattended.state is State.LOCKED


def test_damaged_store_damaged_keys_and_wrong_passphrase_are_three_findings(
    unattended: House,
) -> None:
    config = unattended.config
    good = config.store_file.read_bytes()
    config.store_file.write_bytes(b"\x00" * len(good))
    with pytest.raises(StoreDamaged):
        unattended.unlock(PASSPHRASE)
    config.store_file.write_bytes(good)
    with pytest.raises(WrongPassphrase):
        unattended.unlock("wrong")
    config.slots_file.write_text(config.slots_file.read_text().replace("grace", "mallo"))
    with pytest.raises(KeysDamaged):
        unattended.unlock(PASSPHRASE)


def test_a_lost_key_file_never_leads_to_a_new_set_up_over_the_records(unattended: House) -> None:
    kept = unattended.config.store_file.read_bytes()
    unattended.config.slots_file.unlink()
    assert unattended.state is State.LOCKED
    unattended.try_to_open()
    assert isinstance(unattended.trouble, KeysMissing)
    unattended.set_up(FORM, WORDS, unattended=False)
    assert unattended.state is State.LOCKED
    assert unattended.config.store_file.read_bytes() == kept


def test_a_power_cut_in_set_up_leaves_no_clinic_or_a_whole_one(config: Config) -> None:
    house = House(config)
    house.set_up(FORM, WORDS, unattended=False)
    house.close()
    config.store_file.rename(config.begun_store_file)
    again = House(config)
    again.unlock(PASSPHRASE)
    assert again.state is State.OPEN
    again.close()
    config.slots_file.unlink()
    config.store_file.rename(config.begun_store_file)
    before_keys = House(config)
    assert before_keys.state is State.NO_CLINIC
    before_keys.set_up(FORM, WORDS, unattended=False)
    assert before_keys.state is State.OPEN
    before_keys.close()


def test_the_recovery_words_open_what_the_lost_passphrase_closed(unattended: House) -> None:
    unattended.unlock_with_words(" ".join(WORDS))
    assert unattended.state is State.OPEN


def test_a_copied_data_folder_does_not_open_itself(unattended: House, tmp_path: Path) -> None:
    stolen = tmp_path / "stolen"
    shutil.copytree(unattended.config.data_dir, stolen)
    thief = House(Config(stolen, tmp_path / "no-keys", host="127.0.0.1", hash_cost="light"))
    assert not thief.unlock_by_itself()
    assert thief.state is State.LOCKED


def test_two_servers_on_one_folder_are_told(config: Config) -> None:
    lock = claim_folder(config)
    with pytest.raises(AlreadyRunning):
        claim_folder(config)
    lock.release()
    claim_folder(config).release()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(FolderReadOnly):
        make_folder(Config(blocked / "data", tmp_path, host="127.0.0.1"))


def test_files_are_for_their_owner_only(unattended: House) -> None:
    for path in (*unattended.config.data_dir.iterdir(), *unattended.config.keys_dir.iterdir()):
        if path.name.startswith(("keys.json", "log-head")) or path.suffix == ".key":
            assert path.stat().st_mode & 0o077 == 0, path
    assert unattended.config.data_dir.stat().st_mode & 0o077 == 0


def test_doctor_finds_nothing_to_mend_in_a_good_installation(
    unattended: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.main(["--json"]) == 0
    findings = {found["what"]: found["fine"] for found in json.loads(capsys.readouterr().out)}
    assert findings["Clinic"] is True
    assert findings["Data folder"] is True


def test_whoever_is_administrator_now_unlocks_and_nobody_else(config: Config) -> None:
    house = House(config)
    house.set_up(FORM, WORDS, unattended=False)
    second = Account(AccountId(9), "ben", "Ben", Role.ADMIN)
    house.unlockers.keep_passphrase(second, "copper violin sunset 88")
    house.close()
    house.unlock("copper violin sunset 88")
    house.unlockers.keep_passphrase(second, "another violin sunset 99")
    house.unlockers.drop_passphrase(Account(AccountId(1), "grace", "Grace", Role.ADMIN))
    house.close()
    for gone in ("copper violin sunset 88", PASSPHRASE):
        with pytest.raises(WrongPassphrase):
            house.unlock(gone)
    house.unlock("another violin sunset 99")
    house.close()


def test_the_head_kept_elsewhere_tells_of_an_old_copy_too(
    unattended: House, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    shutil.copy(unattended.config.store_file, old)
    unattended.unlock_by_itself()
    unattended.close()
    shutil.copy(old, unattended.config.store_file)
    for path in unattended.config.data_dir.glob("records.db-*"):
        path.unlink()
    unattended.config.head_file.unlink()
    unattended.try_to_open()
    assert isinstance(unattended.trouble, StoreRolledBack)


def test_a_receipt_is_checked_exported_and_proven_from_the_command_line(
    unattended: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert unattended.unlock_by_itself()
    admin = unattended.desk().signed_in_as(unattended.store.accounts.list_staff()[0])
    slip = register_patient(admin, PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE))
    me = sign_in(unattended.desk(), slip.patient.medilink_id, slip.password)
    receipt = give_receipt(unattended.desk().signed_in_as(me))
    unattended.close()
    picture, log, proof = (tmp_path / name for name in ("receipt.png", "log.jsonl", "proof.json"))
    picture.write_bytes(qr_png(receipt.text))
    given = ["--receipt", str(picture), "--receipt", receipt.line, "--receipt", receipt.text]
    assert audit.main(["verify", *given]) == 0
    assert "agrees with the head kept outside" in capsys.readouterr().out
    assert audit.main(["export", str(log)]) == 0
    assert audit.main(["prove", str(proof), "--receipt", receipt.text]) == 0
    for file in (log, proof):
        assert check_log.main([str(file), "--receipt", receipt.text]) == 0
    assert audit.main(["verify", "--receipt", "MLT:ABC"]) == 1
    assert "type its line" in capsys.readouterr().err


def test_wrong_tries_at_a_locked_store_are_on_record_once_it_opens(config: Config) -> None:
    house = House(config)
    house.set_up(FORM, WORDS, unattended=False)
    house.close()
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            house.unlock("not the passphrase")
    house.unlock(PASSPHRASE)
    entries = [open_entry(row) for row in house.store.log.rows() if row.act == Act.UNLOCK_FAILED]
    assert [(entry.outcome, entry.extra["tries"]) for entry in entries] == [("refused", "3")]
    assert not config.wrong_tries_file.exists()
    house.close()


def test_a_log_rewritten_while_work_goes_on_stops_it_and_what_was_noted_stays(
    unattended: House,
) -> None:
    """Somebody with the data key works on the file beside the running MediLink."""
    assert unattended.unlock_by_itself()
    noted = unattended.outside_head()
    assert noted
    raw = open_raw(unattended.config.store_file, data_key(unattended))
    guard = "audit_log_no_update"
    kept = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (guard,)).fetchone()[0]
    raw.execute(f"DROP TRIGGER {guard}")
    raw.execute("UPDATE audit_log SET hash = zeroblob(32) WHERE seq = ?", (noted.seq,))
    raw.execute(kept)
    raw.close()
    unattended.keep_head_outside()
    assert unattended.state is State.LOCKED
    assert isinstance(unattended.trouble, StoreRolledBack)
    with pytest.raises(StoreRolledBack):
        unattended.unlock_by_itself()

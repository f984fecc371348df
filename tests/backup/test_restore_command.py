"""`python run.py restore` typed at a terminal: in place, by the walk of the page; coming back where
there is no clinic; and the list of what may be restored."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup.chosen import choose_bucket, choose_computer, choose_folder
from backup.s3 import Bucket
from backup.sftp import Address, fingerprint
from medilink.acts.back_up_places import choose_place
from medilink.acts.register import register_patient
from medilink.acts.sign_in import change_password, sign_in
from medilink.audit import Act
from medilink.people import PatientDetails, Role, Sex
from tests.backup.s3_server import KEY_ID, SECRET, s3_store
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import DAY, NEW_PASSPHRASE, PASSPHRASE, Laptop
from ui.commands import restore
from ui.commands.options import claim_folder
from ui.rounds import rounds_here

ROOT = Path(__file__).parents[2]
Said = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    laptop = Laptop(tmp_path / "laptop")
    monkeypatch.setenv("MEDILINK_DATA", str(laptop.config.data_dir))
    monkeypatch.setenv("MEDILINK_KEYS", str(laptop.config.keys_dir))
    monkeypatch.setenv("MEDILINK_HASH_COST", "light")
    monkeypatch.setenv("MEDILINK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield Here(laptop)
    close_all()


def again(here: Here) -> Here:
    """The house opened anew, after a command had it."""
    close_all()
    return Here(here.laptop)


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Somebody sits at the terminal and types this."""
    answers = iter(lines)
    monkeypatch.setattr("builtins.input", lambda _asked="": next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)


def test_a_backup_is_restored_in_place(here: Here, capsys: Said) -> None:
    here.register("Achieng")
    file = here.back_up()
    here.register("Baraka")
    close_all()
    assert restore.main([str(file), "--accept", DAY]) == 0
    said = capsys.readouterr().out
    assert "people registered: 1;" in said
    assert "Restored: everything is as it was on 2026-03-02" in said
    kept = next(here.laptop.config.data_dir.glob("replaced-*"))
    assert str(kept) in said
    here = again(here)
    assert here.names() == {"Achieng"}
    [swap] = here.house.store.backups.of_swaps()
    assert swap.took
    acts = [row.act for row in here.house.store.log.rows()]
    assert acts.count(Act.RESTORE) == 1
    sign_in(here.house.desk(), "grace", PASSPHRASE)


def test_nothing_happens_without_the_day_and_the_password(
    here: Here, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.back_up()
    here.register("Baraka")
    close_all()
    assert restore.main([str(file), "--accept", "2026-03-01"]) == 1
    assert "was not typed as it stands there" in capsys.readouterr().err
    monkeypatch.setenv("MEDILINK_PASSPHRASE", "not mine")
    assert restore.main([str(file), "--accept", DAY]) == 1
    monkeypatch.setenv("MEDILINK_PASSPHRASE", PASSPHRASE)
    assert restore.main([str(file), "--accept", DAY, "--user", "nobody"]) == 1
    assert again(here).names() == {"Baraka"}


def test_only_an_administrator_restores(
    here: Here, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.back_up()
    slip = register_patient(here.admin, PatientDetails("Achieng", "Otieno", Sex.FEMALE))
    close_all()
    command = [str(file), "--accept", DAY, "--user", slip.patient.medilink_id]
    monkeypatch.setenv("MEDILINK_PASSPHRASE", slip.password)
    assert restore.main(command) == 1
    assert "Choose your own password first" in capsys.readouterr().err
    desk = Here(here.laptop).house.desk()
    patient = desk.signed_in_as(sign_in(desk, slip.patient.medilink_id, slip.password))
    change_password(patient, slip.password, NEW_PASSPHRASE, NEW_PASSPHRASE)
    close_all()
    monkeypatch.setenv("MEDILINK_PASSPHRASE", NEW_PASSPHRASE)
    assert restore.main(command) == 1
    assert "Lost" not in capsys.readouterr().out
    assert again(here).names() == {"Achieng"}


def test_while_medilink_runs_it_says_so_and_does_nothing(here: Here, capsys: Said) -> None:
    file = here.back_up()
    with claim_folder(here.laptop.config):
        assert restore.main([str(file), "--accept", DAY]) == 1
        assert "stop it with Ctrl-C first" in capsys.readouterr().err
        assert restore.main([]) == 0, "the list does no harm"
        assert str(file) in capsys.readouterr().out


def test_while_another_command_has_the_records_open_everything_stays(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command of its own process, while this one has the store open."""
    monkeypatch.setattr("database.alone.WAIT_S", 1)
    file = here.back_up()
    here.register("Baraka")
    start = "import sys; from ui.commands.restore import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", start, str(file), "--accept", DAY],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Another program of MediLink has the records open" in done.stderr
    assert "Traceback" not in done.stderr
    assert again(here).names() == {"Baraka"}


def test_the_list_tells_when_where_and_what_is_from_before_a_restore(
    here: Here, tmp_path: Path, capsys: Said
) -> None:
    old = here.back_up()
    here.register("Baraka")
    here.restore(old)
    newest = here.back_up()
    close_all()
    (tmp_path / "home" / "Downloads" / "MediLink backups").mkdir(parents=True)
    assert restore.main([]) == 0
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if " · number " in line]
    assert [line.split(" · ")[1] for line in lines] == ["number 3", "number 2", "number 1"]
    assert "before the restore" not in lines[0]
    for line in lines[1:]:
        assert f"made before the restore of {DAY}" in line
    assert str(newest) in said
    assert "python run.py restore FILE" in said


def test_one_is_chosen_by_its_number_and_the_day_is_typed(
    here: Here, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.back_up()
    here.register("Baraka")
    close_all()
    typing(monkeypatch, "7", "1", DAY)
    assert restore.main([]) == 0
    assert "Type a number from 1 to 1" in capsys.readouterr().out
    assert again(here).names() == set()


@pytest.mark.parametrize("kind", ["sftp", "s3", "folder"])
def test_one_that_lies_elsewhere_is_brought_here_and_restored(
    here: Here, tmp_path: Path, capsys: Said, kind: str
) -> None:
    with another_computer(tmp_path / "far") as computer, s3_store() as store:
        (tmp_path / "share").mkdir()
        address = Address(
            "127.0.0.1", USER, "/", computer.host_key_line, computer.port, password=PASSWORD
        )
        bucket = Bucket(store.endpoint, "clinic", "", KEY_ID, secret=SECRET)
        place = {
            "sftp": lambda: choose_computer(address),
            "s3": lambda: choose_bucket(bucket),
            "folder": lambda: choose_folder(tmp_path / "share", here.laptop.config.data_dir),
        }[kind]()
        choose_place(here.admin, place)
        here.register("Achieng")
        done = rounds_here(here.house, here.house.system_desk()).go(at_once=True)
        assert done.carried
        [file] = here.home.glob("*.age")
        file.unlink()
        here.register("Baraka")
        close_all()
        assert restore.main([]) == 0
        assert place.name in capsys.readouterr().out
        named = str(tmp_path / "share" / file.name) if kind == "folder" else file.name
        assert restore.main([named, "--accept", DAY]) == 0
        assert again(here).names() == {"Achieng"}


def another_laptop(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Without a clinic, beside somebody who has the recovery sheet of `here`, which is closed."""
    close_all()
    fresh = Laptop(tmp_path / "fresh")
    monkeypatch.setenv("MEDILINK_KEYS", str(fresh.config.keys_dir))
    monkeypatch.setenv("MEDILINK_RECOVERY_WORDS", here.laptop.words)
    monkeypatch.setenv("MEDILINK_PASSPHRASE", NEW_PASSPHRASE)
    return fresh


def test_without_a_clinic_it_comes_back_there(
    here: Here, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.register("Achieng")
    file = here.back_up()
    fresh = another_laptop(here, tmp_path, monkeypatch)
    data = ["--data", str(fresh.config.data_dir)]
    assert restore.main([*data, str(file), "--accept", DAY, "--user", "nobody"]) == 1
    said = capsys.readouterr()
    assert "Administrators in it: grace." in said.out
    assert "there were: grace" in said.err
    assert not fresh.config.store_file.exists()
    assert restore.main([*data, str(file), "--accept", DAY, "--user", "grace"]) == 0
    house = fresh.house()
    house.unlock(NEW_PASSPHRASE)
    assert [one.role for one in house.store.accounts.list_staff()] == [Role.ADMIN]
    house.close()


def test_without_a_clinic_it_is_fetched_from_another_computer(
    here: Here, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.back_up()
    fresh = another_laptop(here, tmp_path, monkeypatch)
    monkeypatch.setenv("MEDILINK_PLACE_PASSWORD", PASSWORD)
    with another_computer(tmp_path / "far") as computer:
        (computer.root / file.name).write_bytes(file.read_bytes())
        far = f"sftp://{USER}@127.0.0.1:{computer.port}/"
        command = ["--data", str(fresh.config.data_dir), "--from", far, "--accept", DAY]
        assert restore.main([*command, "--host-key", "SHA256:another"]) == 1
        assert computer.said_passwords == []
        known = ["--host-key", fingerprint(computer.host_key_line)]
        assert restore.main([*command, *known]) == 0
        assert file.name in capsys.readouterr().out
        assert not fresh.config.store_file.exists(), "only the list, for nobody at a terminal"
        assert restore.main([*command, *known, file.name]) == 0
    assert fresh.config.store_file.exists()


@pytest.mark.parametrize(
    "far",
    ["sftp://clinic:secret@127.0.0.1/", "sftp://[", "ftp://127.0.0.1/", "here", "s3+https://"],
)
def test_a_place_that_cannot_be_read_or_tells_a_password_is_refused(
    tmp_path: Path, capsys: Said, far: str
) -> None:
    assert restore.main(["--data", str(tmp_path / "new"), "--from", far]) == 1
    assert "Write the place as" in capsys.readouterr().err


def test_without_a_clinic_it_is_fetched_from_a_store_on_the_internet(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.back_up()
    fresh = another_laptop(here, tmp_path, monkeypatch)
    monkeypatch.setenv("MEDILINK_PLACE_USER", KEY_ID)
    monkeypatch.setenv("MEDILINK_PLACE_PASSWORD", SECRET)
    with s3_store() as store:
        store.objects[f"/clinic/far/{file.name}"] = file.read_bytes()
        typing(monkeypatch, "1", DAY)
        far = f"s3+{store.endpoint}/clinic/far"
        assert restore.main(["--data", str(fresh.config.data_dir), "--from", far]) == 0
    assert fresh.config.store_file.exists()

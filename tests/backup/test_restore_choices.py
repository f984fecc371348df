"""What may be restored is listed wherever it lies, and a copy that is no good hides no good one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup.archive import nobody_waits
from backup.chosen import choose_folder, computer_at
from backup.sftp import Address
from medilink.acts.back_up_places import choose_place
from medilink.errors import (
    BackupUnreadable,
    FarAway,
    FetchedDamaged,
    FetchStopped,
    FetchTooSlow,
    LiesElsewhere,
)
from tests.backup.sftp_server import PASSWORD, USER, Computer, another_computer
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import Laptop
from ui import restore_choices, restoring_here
from ui.restore_choices import Choice, choices_here, choices_in, to_bring_here
from ui.rounds import KNOWN, rounds_here


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    yield Here(Laptop(tmp_path / "clinic"))
    close_all()


@pytest.fixture
def computer(here: Here, tmp_path: Path) -> Iterator[Computer]:
    """It has a copy of the first backup."""
    with another_computer(tmp_path / "far") as there:
        address = Address(
            "127.0.0.1", USER, "/", there.host_key_line, there.port, password=PASSWORD
        )
        choose_place(here.admin, computer_at(address))
        assert rounds_here(here.house, here.house.system_desk()).go(at_once=True).carried
        yield there


def only(here: Here, *, ask_far: bool = False) -> Choice:
    [one] = choices_here(here.house, here.admin, ask_far=ask_far).backups
    return one


def file_here(here: Here) -> Path:
    [file] = here.home.glob("*.age")
    return file


def test_a_file_cut_short_gives_way_to_the_whole_one_elsewhere(
    here: Here, computer: Computer
) -> None:
    file = file_here(here)
    assert only(here).found is not None
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    far = only(here)
    assert far.found is None
    to_bring_here(here.house, here.admin, far)(nobody_waits)
    assert file.read_bytes() == whole
    found = only(here).found
    assert found is not None
    assert found.trouble is None


def test_a_round_meanwhile_takes_nothing_of_it_away(here: Here, computer: Computer) -> None:
    file = file_here(here)
    whole = file.read_bytes()
    file.unlink()
    rounds = list[object]()

    def a_round_comes(done: int, of: int) -> None:
        if not rounds:
            rounds.append(rounds_here(here.house, here.house.system_desk()).go())

    to_bring_here(here.house, here.admin, only(here))(a_round_comes)
    assert rounds
    assert file.read_bytes() == whole


def test_what_nobody_remembers_is_found_where_it_lies(here: Here, computer: Computer) -> None:
    file = file_here(here)
    whole = file.read_bytes()
    file.unlink()
    (here.laptop.config.data_dir / KNOWN).unlink()
    assert not choices_here(here.house, here.admin).backups
    to_bring_here(here.house, here.admin, only(here, ask_far=True))(nobody_waits)
    assert file.read_bytes() == whole


def test_a_computer_that_is_off_is_named(here: Here, computer: Computer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    address = Address("127.0.0.1", USER, "/off", computer.host_key_line, port, password=PASSWORD)
    choose_place(here.admin, computer_at(address))
    found = choices_here(here.house, here.admin, ask_far=True)
    assert len(found.backups) == 1
    [(where, trouble)] = found.troubles.items()
    assert (where, type(trouble)) == (f"{USER}@127.0.0.1:/off", FarAway)


def test_what_came_is_compared_with_what_was_copied_there(here: Here, computer: Computer) -> None:
    file = file_here(here)
    file.unlink()
    there = computer.root / file.name
    content = bytearray(there.read_bytes())
    content[len(content) // 2] ^= 1
    there.write_bytes(content)
    with pytest.raises(FetchedDamaged):
        to_bring_here(here.house, here.admin, only(here))(nobody_waits)
    assert list(here.home.iterdir()) == []


def test_one_that_is_stopped_leaves_nothing(here: Here, computer: Computer) -> None:
    file_here(here).unlink()
    far, bringing = only(here), here.house.bringing
    begun, go_on = threading.Event(), threading.Event()

    def slow(progress: object) -> None:
        begun.set()
        go_on.wait()
        to_bring_here(here.house, here.admin, far, bringing.called_off)(progress)  # type: ignore[arg-type]

    bringing.begin(far.name, 1, slow)
    begun.wait()
    assert bringing.busy
    stopping = threading.Thread(target=bringing.stop)
    stopping.start()
    while bringing.called_off() is None:
        pass
    go_on.set()
    stopping.join()
    assert isinstance(bringing.outcome(), FetchStopped)
    assert list(here.home.iterdir()) == []


def test_a_folder_that_never_answers_keeps_nobody_from_the_others(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.back_up()
    hanging = tmp_path / "home" / "Documents"
    hanging.mkdir(parents=True)
    answered, look = threading.Event(), restoring_here.backups_in

    def hang(desk: object, folder: Path) -> object:
        if folder == hanging:
            answered.wait()
        return look(desk, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(restore_choices, "backups_in", hang)
    monkeypatch.setattr(restore_choices, "LOOK_S", 0.3)
    found = choices_here(here.house, here.admin)
    answered.set()
    assert len(found.backups) == 1
    [(where, trouble)] = found.troubles.items()
    assert (where, type(trouble)) == (str(hanging), FetchTooSlow)


@pytest.mark.parametrize("trouble", [BackupUnreadable(why="denied"), PermissionError(13, "denied")])
def test_one_that_cannot_be_read_hides_no_other(
    here: Here, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    first, second = here.back_up(), here.back_up()
    label_of = restoring_here.label_of

    def refuse(path: Path, identity: str) -> object:
        if path == first:
            raise trouble
        return label_of(path, identity)

    monkeypatch.setattr(restoring_here, "label_of", refuse)
    found = choices_in(here.admin, here.home).backups
    assert [one.name for one in found] == [second.name, first.name]
    assert [one.damaged for one in found] == [False, True]


def test_a_stick_that_is_elsewhere_has_to_be_plugged_in(here: Here, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    choose_place(here.admin, choose_folder(share, here.laptop.config.data_dir))
    assert rounds_here(here.house, here.house.system_desk()).go(at_once=True).carried
    file_here(here).unlink()
    share.rename(tmp_path / "elsewhere")
    with pytest.raises(LiesElsewhere, match="share"):
        to_bring_here(here.house, here.admin, only(here))
    (tmp_path / "elsewhere").rename(share)
    assert only(here).found is not None


def test_a_stick_taken_home_does_not_hide_what_a_line_leads_to(here: Here, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    choose_place(here.admin, choose_folder(share, here.laptop.config.data_dir))
    with another_computer(tmp_path / "far") as there:
        address = Address(
            "127.0.0.1", USER, "/", there.host_key_line, there.port, password=PASSWORD
        )
        choose_place(here.admin, computer_at(address))
        done = rounds_here(here.house, here.house.system_desk()).go(at_once=True)
        assert len(done.carried) == 2
        file = file_here(here)
        file.unlink()
        share.rename(tmp_path / "at home")
        to_bring_here(here.house, here.admin, only(here))(nobody_waits)
        assert file.exists()

"""What lies at a far place is somebody else's doing: names in no known letters, folders without
end. It stops neither the round nor whoever fetches a backup there."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from backup.destinations import Place
from backup.fetching import backups_lying, bring_here, reaching
from backup.kept import name_of, read_name
from backup.patience import Bounded
from backup.sftp import Address, Sftp
from medilink.errors import (
    BackupUnwritten,
    FetchBroken,
    KeyLocked,
    NoRoomHere,
    NotLetIn,
    PlaceAway,
    PlaceReadOnly,
    PlaceTooSlow,
    PlaceTrouble,
    PlaceVanished,
    TooManyFiles,
)
from tests.backup.sftp_server import PASSWORD, USER, Computer, another_computer
from tests.backup.worlds import STORE, Laptop, chosen_folder, whole_backups

LONG_NAME = f"medilink-{STORE}-{'9' * 150}.db.zst.age"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="every name has known letters there")


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    with another_computer(tmp_path / "far") as there:
        yield there


def far(computer: Computer, private_key: str = "") -> Bounded:
    where = ("127.0.0.1", USER, "/", computer.host_key_line, computer.port)
    return Bounded(Sftp(Address(*where, private_key=private_key, password=PASSWORD)))


def put_odd_names(folder: Path) -> None:
    for name in (os.fsdecode(b"caf\xe9.txt"), "éèê", "a\nb", LONG_NAME):
        (folder / name).write_bytes(b"somebody else's")


def test_odd_names_are_not_ours_and_the_round_goes_on(computer: Computer, tmp_path: Path) -> None:
    put_odd_names(computer.root)
    before = {file.name for file in computer.root.iterdir()}
    laptop = Laptop(tmp_path / "laptop", [far(computer), chosen_folder(tmp_path / "stick")])
    done = laptop.process().go()
    assert (len(done.carried), done.troubles) == (2, {})
    assert whole_backups(tmp_path / "stick") == {1}
    assert {file.name for file in computer.root.iterdir()} - before == {name_of(STORE, 1)}


def test_whoever_fetches_sees_the_backups_among_them(computer: Computer) -> None:
    put_odd_names(computer.root)
    (computer.root / name_of(STORE, 7)).write_bytes(b"sealed")
    assert [one.generation for one in backups_lying(far(computer))] == [7]


def test_a_number_nobody_counts_to_is_no_backup() -> None:
    """Python itself refuses to read more than 4,300 digits as a number."""
    assert read_name(name_of(STORE, 123_456_789)) == (STORE, 123_456_789)
    assert read_name(LONG_NAME.replace("9" * 150, "9" * 5000)) is None


def test_a_folder_that_lists_without_end_is_told(computer: Computer) -> None:
    computer.endless = True
    with pytest.raises(TooManyFiles), far(computer).enter() as room:
        room.names()


@pytest.mark.parametrize(
    "trouble", [PlaceAway, PlaceVanished, PlaceTooSlow, PlaceReadOnly, PlaceTrouble]
)
def test_whoever_fetches_is_told_nothing_of_copies_made_by_themselves(
    trouble: type[PlaceTrouble],
) -> None:
    with pytest.raises(PlaceTrouble) as told, reaching():
        raise trouble
    assert not re.search("by itself|did not take|written|half copied|Plug", told.value.sentence)


def test_whose_fault_it_is_that_a_backup_does_not_come(
    computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = computer.root / name_of(STORE, 7)
    there.write_bytes(b"sealed")
    [one] = backups_lying(far(computer))
    with monkeypatch.context() as full:
        full.setattr("backup.folder.FolderRoom.free", lambda _: 0)
        with pytest.raises(NoRoomHere, match="on this computer"):
            bring_here(far(computer), one, tmp_path / "here", nobody_watches)
    (tmp_path / "a file").touch()
    with pytest.raises(BackupUnwritten, match="a file"):
        bring_here(far(computer), one, tmp_path / "a file", nobody_watches)
    there.unlink()
    with pytest.raises(FetchBroken):
        bring_here(far(computer), one, tmp_path / "here", nobody_watches)
    assert list((tmp_path / "here").iterdir()) == []


def nobody_watches(_done: int, _of: int) -> None:
    """Progress for whoever does not look."""


class Stumbles:
    """A place whose library meets what its makers never thought of."""

    key = "stumbles"

    @contextmanager
    def enter(self) -> Iterator[None]:  # type: ignore[override]
        raise BufferError
        yield

    def hang_up(self) -> None:
        """There is no line."""


def test_what_a_library_stumbles_over_is_trouble_at_that_place_alone(tmp_path: Path) -> None:
    odd: Place = Bounded(Stumbles())  # type: ignore[arg-type]
    laptop = Laptop(tmp_path / "laptop", [odd, chosen_folder(tmp_path / "stick")])
    done = laptop.process().go()
    assert whole_backups(tmp_path / "stick") == {1}
    trouble = done.troubles["stumbles"]
    assert (trouble.code, type(trouble.__cause__)) == (PlaceTrouble.code, BufferError)


@pytest.mark.parametrize("kind", [paramiko.RSAKey, paramiko.ECDSAKey])
def test_a_key_with_a_passphrase_is_told_from_a_wrong_one(computer: Computer, kind: type) -> None:
    text = io.StringIO()
    kind.generate(bits=2048 if kind is paramiko.RSAKey else 256).write_private_key(
        text, password="locked"
    )
    with pytest.raises(KeyLocked), far(computer, text.getvalue()).enter():
        pytest.fail("it was let in")
    with pytest.raises(NotLetIn), far(computer, "no key at all").enter():
        pytest.fail("it was let in")

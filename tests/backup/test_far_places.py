"""What only another computer or only a stick can do to a backup."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import paramiko
import pytest

from backup.chosen import choose_stick
from backup.destinations import FAT_LARGEST, Wanted, put
from backup.sftp import Address, Sftp, fingerprint, read_host_key
from backup.stick import FOLDER, Stick, Volume, claim_stick, linux_volumes
from medilink.errors import (
    CopyDamaged,
    NotLetIn,
    OtherComputer,
    PlaceAway,
    PlaceReadOnly,
    PlaceTrouble,
    PlaceVanished,
)
from tests.backup.sftp_server import PASSWORD, USER, Computer, another_computer

BODY = bytes(range(256)) * 4096
FILE = Wanted("medilink-5e1f0a-00000007.db.zst.age", len(BODY), hashlib.sha256(BODY).digest())


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    with another_computer(tmp_path / "far") as there:
        yield there


def address_of(computer: Computer) -> Address:
    key = computer.host_key_line
    return Address("127.0.0.1", USER, "/", key, computer.port, private_key=computer.user_key_text)


def send(address: Address) -> None:
    with Sftp(address).enter() as room:
        put(room, FILE, BytesIO(BODY))


# ---- another computer


def test_a_key_opens_and_the_copy_is_whole(computer: Computer) -> None:
    send(address_of(computer))
    assert (computer.root / FILE.name).read_bytes() == BODY


@pytest.mark.parametrize("kind", [paramiko.ECDSAKey, paramiko.RSAKey])
def test_the_host_key_can_be_read_before_it_is_trusted(tmp_path: Path, kind: type) -> None:
    with another_computer(tmp_path / "rsa") as computer:
        computer.host_key = kind.generate(bits=2048 if kind is paramiko.RSAKey else 256)
        shown = read_host_key("127.0.0.1", computer.port)
        assert shown == computer.host_key_line
        assert fingerprint(shown) == computer.host_key.fingerprint
        send(replace(address_of(computer), host_key=shown))


def test_another_computer_at_that_address_hears_neither_password_nor_backup(
    computer: Computer,
) -> None:
    address = replace(address_of(computer), private_key="", password=PASSWORD)
    computer.host_key = paramiko.ECDSAKey.generate()
    with pytest.raises(OtherComputer):
        send(address)
    computer.host_key = paramiko.RSAKey.generate(2048)
    with pytest.raises(OtherComputer):
        send(address)
    assert computer.said_passwords == []
    assert list(computer.root.iterdir()) == []


def test_a_wrong_key_or_password_is_told(computer: Computer) -> None:
    other_key = Computer(computer.root)
    other_key.listening.close()
    for wrong in (
        {"private_key": other_key.user_key_text},
        {"private_key": "no key at all"},
        {"private_key": "", "password": "wrong"},
    ):
        with pytest.raises(NotLetIn):
            send(replace(address_of(computer), **wrong))


def test_secrets_are_not_shown_where_an_address_is_printed(computer: Computer) -> None:
    address = replace(address_of(computer), password=PASSWORD)
    assert PASSWORD not in repr(address)
    assert "PRIVATE" not in repr(address)
    assert PASSWORD not in Sftp(address).key


def test_a_full_disk_there_is_told(computer: Computer) -> None:
    computer.full_after = 300_000
    with pytest.raises(PlaceTrouble, match="may be full"):
        send(address_of(computer))
    assert list(computer.root.iterdir()) == []


def test_a_folder_that_is_write_protected_there_is_told(computer: Computer) -> None:
    computer.protected = True
    with pytest.raises(PlaceReadOnly):
        send(address_of(computer))


@pytest.mark.parametrize("after", [0, 1, 40_000, 500_000, len(BODY) - 1])
def test_a_line_that_is_cut_publishes_nothing_and_the_next_try_mends_it(
    computer: Computer, after: int
) -> None:
    computer.cut_after = after
    with pytest.raises(PlaceVanished):
        send(address_of(computer))
    assert not (computer.root / FILE.name).exists()
    computer.cut_after = -1
    send(address_of(computer))
    assert {file.name for file in computer.root.iterdir()} == {FILE.name}


def test_a_disk_there_that_changes_bytes_is_noticed(computer: Computer) -> None:
    computer.changes_bytes = True
    with pytest.raises(CopyDamaged):
        send(address_of(computer))
    assert list(computer.root.iterdir()) == []


def test_a_computer_that_is_switched_off_is_away(computer: Computer) -> None:
    with pytest.raises(PlaceAway):
        send(replace(address_of(computer), port=1))
    with pytest.raises(PlaceAway):
        read_host_key("127.0.0.1", 1)


def test_a_folder_that_is_missing_there_is_told(computer: Computer) -> None:
    with pytest.raises(PlaceVanished):
        send(replace(address_of(computer), folder="/nowhere"))


# ---- a stick


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def test_the_same_stick_is_known_wherever_it_is_mounted(stick: Path, tmp_path: Path) -> None:
    mark, uuid = claim_stick(Volume(stick, "1A2B-3C4D", "vfat"))
    moved = stick.rename(tmp_path / "another mount point")
    found = Stick(mark, uuid, lambda: [Volume(tmp_path), Volume(moved, "1A2B-3C4D", "vfat")])
    with found.enter() as room:
        assert room.folder == moved / FOLDER
        assert room.largest == FAT_LARGEST


@pytest.mark.parametrize(
    ("uuid", "marked"), [("FFFF-0000", True), ("1A2B-3C4D", False)], ids=["copied", "wiped"]
)
def test_another_stick_is_not_taken_for_it(stick: Path, uuid: str, marked: bool) -> None:
    mark, own = claim_stick(Volume(stick, "1A2B-3C4D"))
    if not marked:
        (stick / FOLDER / ".medilink-place").unlink()
    with pytest.raises(PlaceAway), Stick(mark, own, lambda: [Volume(stick, uuid)]).enter():
        pass


def test_where_no_uuid_is_told_the_mark_alone_finds_it(stick: Path, tmp_path: Path) -> None:
    mark, uuid = claim_stick(Volume(stick))
    assert uuid == ""
    with Stick(mark, volumes=lambda: [Volume(tmp_path), Volume(stick)]).enter() as room:
        assert room.folder == stick / FOLDER
    assert claim_stick(Volume(stick)) == (mark, ""), "chosen twice is chosen once"


def test_a_stick_pulled_out_before_it_was_chosen_is_away(tmp_path: Path) -> None:
    with pytest.raises(PlaceAway):
        claim_stick(Volume(tmp_path / "gone"))


def test_mounted_volumes_are_read_as_linux_tells_them(tmp_path: Path) -> None:
    by_uuid, devices = tmp_path / "by-uuid", tmp_path / "dev"
    by_uuid.mkdir()
    devices.mkdir()
    for device, uuid in (("sda1", "0b5d-own"), ("sdb1", "1A2B-3C4D"), ("sdc1", "not-mounted")):
        (devices / device).touch()
        (by_uuid / uuid).symlink_to(devices / device)
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"proc /proc proc rw 0 0\n{devices}/sda1 / ext4 rw 0 0\n"
        f"{devices}/sdb1 /mnt vfat rw 0 0\n"
        f"{devices}/sdb1 /media/nurse/MY\\040STICK vfat rw 0 0\n"
    )
    assert linux_volumes(by_uuid, mounts) == [
        Volume(Path("/"), "0b5d-own", "ext4"),
        Volume(Path("/media/nurse/MY STICK"), "1A2B-3C4D", "vfat"),
    ]
    assert linux_volumes(tmp_path / "no-by-uuid", mounts) == []


def test_a_stick_that_fails_to_be_read_is_not_taken_for_one_never_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be chosen again under a new name, and all it has be carried there twice."""
    stick = tmp_path / "stick"
    stick.mkdir()
    mark, uuid = claim_stick(Volume(stick, "1A2B-3C4D"))
    written = (stick / FOLDER / ".medilink-place").read_bytes()

    def worn_out(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("backup.folder._begins", worn_out)
        with pytest.raises(PlaceVanished):
            choose_stick(Volume(stick, "1A2B-3C4D"))
        with pytest.raises(OSError, match="Input/output"):
            with Stick(mark, uuid, lambda: [Volume(stick, "1A2B-3C4D")]).enter():
                pass
    assert (stick / FOLDER / ".medilink-place").read_bytes() == written

"""Putting files into places of every kind, on good days and on bad ones."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from backup import destinations
from backup.destinations import BEGUN, FAT_LARGEST, Place, Wanted, check_there, put
from backup.folder import Folder, FolderRoom, claim_folder
from backup.patience import Bounded
from backup.sftp import Address, Sftp
from backup.stick import FOLDER, Stick, Volume, claim_stick
from medilink.errors import (
    BackupNameTaken,
    CopyDamaged,
    PlaceAway,
    PlaceFull,
    PlaceReadOnly,
    PlaceTrouble,
    PlaceVanished,
    SourceChanged,
    TooBigForPlace,
)
from tests.backup.failing import Failing, die, raising
from tests.backup.sftp_server import PASSWORD, USER, another_computer

BODY = bytes(range(256)) * 600
NAME = "medilink-5e1f0a-00000007.db.zst.age"
FILE = Wanted(NAME, len(BODY), hashlib.sha256(BODY).digest())
KINDS = ["folder", "stick", "sftp"]


@pytest.fixture(params=KINDS)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A place of each kind, and the folder its files lie in."""
    if request.param == "sftp":
        with another_computer(tmp_path / "far") as computer:
            key = computer.host_key_line
            address = Address("127.0.0.1", USER, "/", key, computer.port, password=PASSWORD)
            yield SimpleNamespace(place=Bounded(Sftp(address)), folder=computer.root)
    elif request.param == "stick":
        (tmp_path / "stick").mkdir()
        volume = Volume(tmp_path / "stick", "1A2B-3C4D", "vfat")
        mark, uuid = claim_stick(volume)
        stick = Stick(mark, uuid, lambda: [volume])
        yield SimpleNamespace(place=stick, folder=volume.path / FOLDER)
    else:
        folder = Folder(tmp_path, claim_folder(tmp_path))
        yield SimpleNamespace(place=folder, folder=tmp_path)


def copy(place: Place, body: bytes = BODY, wanted: Wanted = FILE) -> None:
    with place.enter() as room:
        put(room, wanted, BytesIO(body))


def backups_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("medilink*")}


# ---- every kind of place


def test_a_copy_stands_under_its_name_and_is_whole(there: SimpleNamespace) -> None:
    copy(there.place)
    assert backups_in(there.folder) == {NAME: BODY}
    with there.place.enter() as room:
        assert room.names()[NAME] == len(BODY)
        check_there(room, FILE)
        room.remove(NAME)
        room.remove(NAME)
        assert NAME not in room.names()


def test_a_copy_that_is_there_already_is_left_alone(there: SimpleNamespace) -> None:
    copy(there.place)
    before = (there.folder / NAME).stat().st_mtime_ns
    copy(there.place, body=b"never read")
    assert (there.folder / NAME).stat().st_mtime_ns == before


def test_another_file_of_that_name_is_never_written_over(there: SimpleNamespace) -> None:
    (there.folder / NAME).write_bytes(b"somebody's only backup")
    with pytest.raises(BackupNameTaken):
        copy(there.place)
    assert backups_in(there.folder) == {NAME: b"somebody's only backup"}


@pytest.mark.parametrize("body", [BODY[:-1], BODY + b"x", BODY[:-1] + b"x", b""])
def test_a_source_that_is_not_what_was_checked_is_not_copied(
    there: SimpleNamespace, body: bytes
) -> None:
    with pytest.raises(SourceChanged):
        copy(there.place, body)
    assert backups_in(there.folder) == {}


def test_calling_it_off_leaves_nothing(there: SimpleNamespace) -> None:
    class CalledOff(Exception):
        pass

    def progress(done: int, of: int) -> None:
        assert 0 < done <= of == len(BODY)
        raise CalledOff

    with pytest.raises(CalledOff), there.place.enter() as room:
        put(room, FILE, BytesIO(BODY), progress)
    assert backups_in(there.folder) == {}


def test_what_a_killed_copy_left_is_begun_anew(there: SimpleNamespace) -> None:
    (there.folder / (NAME + BEGUN)).write_bytes(BODY * 2)
    copy(there.place)
    assert backups_in(there.folder) == {NAME: BODY}


@pytest.mark.parametrize("damage", [b"", BODY[:-1], b"\1" + BODY[1:]])
def test_a_copy_that_was_damaged_since_is_noticed(there: SimpleNamespace, damage: bytes) -> None:
    copy(there.place)
    (there.folder / NAME).write_bytes(damage)
    with pytest.raises(CopyDamaged), there.place.enter() as room:
        check_there(room, FILE)
    (there.folder / NAME).unlink()
    with pytest.raises(PlaceVanished), there.place.enter() as room:
        check_there(room, FILE)


# ---- steps that fail


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a copy has many steps."""
    monkeypatch.setattr(destinations, "CHUNK", 1 << 14)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, PlaceFull),
        (errno.EDQUOT, PlaceFull),
        (errno.EROFS, PlaceReadOnly),
        (errno.EACCES, PlaceReadOnly),
        (errno.EIO, PlaceVanished),
        (errno.ENODEV, PlaceVanished),
        (errno.ESTALE, PlaceVanished),
        (errno.EFBIG, TooBigForPlace),
        (errno.ENOEXEC, PlaceTrouble),
    ],
)
def test_whichever_step_fails_it_is_told_and_nothing_half_counts(
    tmp_path: Path, code: int, told: type[PlaceTrouble], for_ever: bool
) -> None:
    for at in count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        room = Failing(FolderRoom(folder), at, raising(code), for_ever=for_ever)
        if went_well(room, told):
            break
        assert backups_in(folder).get(NAME, BODY) == BODY
        put(FolderRoom(folder), FILE, BytesIO(BODY))
        assert backups_in(folder) == {NAME: BODY}, "the next try mends it"
    assert at > 20, "every step was tried"


def went_well(room: Failing, told: type[PlaceTrouble]) -> bool:
    try:
        put(room, FILE, BytesIO(BODY))
    except PlaceTrouble as trouble:
        assert type(trouble) is told
        return False
    return True


@pytest.mark.usefixtures("small_parts")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_killed_at_any_step_leaves_a_whole_copy_or_none(tmp_path: Path) -> None:
    published = 0
    for at in count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            put(Failing(FolderRoom(folder), at, die), FILE, BytesIO(BODY))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = backups_in(folder)
        assert found.get(NAME, BODY) == BODY
        published += NAME in found
        assert NAME + BEGUN not in found or NAME not in found
        put(FolderRoom(folder), FILE, BytesIO(BODY))
        assert backups_in(folder) == {NAME: BODY}
        if os.waitstatus_to_exitcode(status) == 0:
            break
    assert at > 20
    assert published == 2, "only after the name was given"


@pytest.mark.parametrize("at", [0, 1, len(BODY) // 2, len(BODY) - 1])
def test_a_medium_that_changes_one_bit_is_noticed(tmp_path: Path, at: int) -> None:
    class Worn(FolderRoom):
        @contextmanager
        def write(self, name: str) -> Iterator[BinaryIO]:
            with super().write(name) as file:
                yield file
            with (self.folder / name).open("r+b") as file:
                file.seek(at)
                file.write(bytes([BODY[at] ^ 1]))

    with pytest.raises(CopyDamaged):
        put(Worn(tmp_path), FILE, BytesIO(BODY))
    assert backups_in(tmp_path) == {}


def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / (NAME + BEGUN)).symlink_to(tmp_path / "mine")
    with pytest.raises(PlaceTrouble):
        put(FolderRoom(tmp_path / "in"), FILE, BytesIO(BODY))
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_file_too_large_for_the_stick_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    huge = replace(FILE, size=FAT_LARGEST + 1)
    with pytest.raises(TooBigForPlace):
        put(FolderRoom(tmp_path, FAT_LARGEST), huge, BytesIO(BODY))
    with pytest.raises(PlaceFull, match="4295 MB"):
        put(NoRoom(tmp_path), huge, BytesIO(BODY))
    assert list(tmp_path.iterdir()) == []


class NoRoom(FolderRoom):
    def free(self) -> int | None:
        return FAT_LARGEST


# ---- real disks


@contextmanager
def mounted(path: Path, kind: str, *options: str) -> Iterator[Path]:
    path.mkdir()
    mount = ["mount", "-t", kind, *options, str(path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a disk here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.skipif(not Path("/proc/mounts").exists(), reason="mounts as Linux does")
def test_a_disk_that_fills_up_meanwhile(tmp_path: Path) -> None:
    class Hopeful(FolderRoom):
        def free(self) -> int | None:
            return None

    with mounted(tmp_path / "disk", "tmpfs", "-o", "size=128k", "medilink-test") as disk:
        with pytest.raises(PlaceFull):
            put(FolderRoom(disk), FILE, BytesIO(BODY))
        with pytest.raises(PlaceFull):
            put(Hopeful(disk), FILE, BytesIO(BODY))
        assert list(disk.iterdir()) == []
        small = Wanted("small", 3, hashlib.sha256(b"abc").digest())
        put(FolderRoom(disk), small, BytesIO(b"abc"))


@pytest.mark.skipif(not Path("/proc/mounts").exists(), reason="mounts as Linux does")
def test_a_disk_that_is_write_protected(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs", "-o", "size=1m", "medilink-test") as disk:
        folder = Folder(disk, claim_folder(disk))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(PlaceReadOnly):
            copy(folder)
        (tmp_path / "other").mkdir()
        with pytest.raises(PlaceReadOnly):
            claim_stick(Volume(disk))


def test_a_disk_that_goes_away_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()

    def pull(done: int, of: int) -> None:
        (tmp_path / "disk" / (NAME + BEGUN)).unlink()
        (tmp_path / "disk").rmdir()

    with pytest.raises(PlaceVanished):
        put(FolderRoom(tmp_path / "disk"), FILE, BytesIO(BODY), pull)
    with pytest.raises(PlaceAway):
        claim_folder(tmp_path / "disk")

"""What somebody else has put at a place: links that lead out of it, pipes that nobody writes into,
folders named like backups. Nothing waits for them, follows them, or writes through them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from backup.archive import digest_of, label_of, read_archive
from backup.destinations import BEGUN, Wanted, check_there, put
from backup.folder import FolderRoom, mark_in
from backup.found import backups_found
from backup.kept import name_of
from backup.looking import open_with_words
from backup.recovery import identity_from
from backup.stick import FOLDER, Stick, Volume, claim_stick
from medilink.errors import (
    BackupDamaged,
    BackupNameTaken,
    BackupUnreadable,
    PlaceAway,
    PlaceIsLink,
)
from tests.backup.backed_up import STORE_ID, WORDS, BackedUp
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import Laptop
from ui.restoring_here import backups_in

pytestmark = [
    pytest.mark.timeout(120),  # whoever waits for a pipe waits for ever
    pytest.mark.skipif(os.name == "nt", reason="no pipes among files there"),
]
NAME = name_of(STORE_ID, 7)
BODY = b"sealed" * 1000
FILE = Wanted(NAME, len(BODY), hashlib.sha256(BODY).digest())


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    outside = path.parent.parent / "outside"
    outside.write_bytes(b"mine")
    path.symlink_to(outside)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


HOSTILE = [pipe, folder, link, device]
Put = Callable[[Path], None]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_but_a_plain_file_is_found_or_read(tmp_path: Path, hostile: Put) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    hostile(stick / NAME)
    assert backups_found([stick]) == []
    identity = identity_from(WORDS)
    for read in (
        lambda: label_of(stick / NAME, identity),
        lambda: read_archive(stick / NAME, identity, lambda _: pytest.fail("it was begun")),
        lambda: digest_of(stick / NAME),
    ):
        with pytest.raises(BackupDamaged):
            read()
    with pytest.raises((BackupDamaged, BackupUnreadable)):
        open_with_words(stick / NAME, WORDS)
    with pytest.raises(BackupNameTaken):
        check_there(FolderRoom(stick), FILE)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_copy_is_not_written_through_it(tmp_path: Path, hostile: Put) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    hostile(stick / (NAME + BEGUN))
    with pytest.raises(BackupNameTaken):
        put(FolderRoom(stick), FILE, BytesIO(BODY))
    assert not (stick / NAME).exists()
    if (tmp_path / "outside").exists():
        assert (tmp_path / "outside").read_bytes() == b"mine"


def test_a_folder_of_that_name_stays(tmp_path: Path) -> None:
    (tmp_path / NAME / "letters").mkdir(parents=True)
    with pytest.raises(BackupNameTaken):
        put(FolderRoom(tmp_path), FILE, BytesIO(BODY))
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_backup_is_refused_there_and_the_next_one_made(kisumu: BackedUp, hostile: Put) -> None:
    hostile(kisumu.stick / name_of(STORE_ID, 1))
    with pytest.raises(BackupNameTaken):
        kisumu.take()
    kept = kisumu.take()
    assert label_of(kisumu.path(kept), kisumu.identity).says.generation == kept.generation == 2


# ---- the folder of backups on a stick


@pytest.fixture
def led_away(tmp_path: Path) -> Path:
    """A stick whose folder of backups is a link to somebody's letters."""
    stick, letters = tmp_path / "stick", tmp_path / "letters"
    stick.mkdir()
    letters.mkdir()
    (letters / NAME).write_bytes(BODY)
    (stick / FOLDER).symlink_to(letters)
    return stick


def test_a_stick_that_leads_elsewhere_is_not_chosen(led_away: Path, tmp_path: Path) -> None:
    with pytest.raises(PlaceIsLink):
        claim_stick(Volume(led_away))
    assert mark_in(tmp_path / "letters") == ""
    assert backups_found([led_away]) == []


def test_a_stick_that_leads_elsewhere_by_now_is_not_there(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    mark, uuid = claim_stick(Volume(stick))
    shutil.move(stick / FOLDER, tmp_path / "letters")  # with the file that says which it is
    (stick / FOLDER).symlink_to(tmp_path / "letters")
    with pytest.raises(PlaceAway), Stick(mark, uuid, lambda: [Volume(stick)]).enter():
        pass


# ---- the list of the page, and what it restores


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    yield Here(Laptop(tmp_path / "laptop"))
    close_all()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_page_lists_and_restores_none_of_it(here: Here, hostile: Put) -> None:
    file = here.back_up()
    at = here.home / name_of(here.house.store_id, 99)
    hostile(at)
    (here.home / FOLDER).symlink_to(here.home)
    assert [one.path for one in backups_in(here.admin, here.home)] == [file]
    here.register("Achieng")
    with pytest.raises(BackupDamaged):
        here.restore(at)
    assert here.names() == {"Achieng"}

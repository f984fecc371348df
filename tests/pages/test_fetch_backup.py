"""A fresh install fetches its backup from another computer or a store on the internet."""

from __future__ import annotations

import gc
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from backup.kept import name_of
from tests.backup.dripping import Line, dripping
from tests.backup.s3_server import KEY_ID, SECRET, s3_store
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import DAY, NEW_PASSPHRASE, Laptop
from tests.browser.driving import sheet_words
from tests.pages.test_recovering import FORM, client_of, wait
from ui.doors.fetch_backup import COMPUTER, STOP_S, STORE, FetchDoor, Fetching
from ui.doors.set_up import SetUpDoor
from ui.house import House, State

NEVER = "medilink-" + "0" * 31  # no name of a backup


@pytest.fixture
def lost(tmp_path: Path) -> tuple[Laptop, Path]:
    """The laptop that was lost, and its backup."""
    here = Here(Laptop(tmp_path / "lost"))
    file = here.back_up()
    close_all()
    return here.laptop, file


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A folder without a clinic, and nothing plugged in."""
    monkeypatch.setattr("ui.doors.come_back.folders_to_look_in", lambda data: [data / "backups"])
    laptop = Laptop(tmp_path / "fresh")
    laptop.clock.forward(days=1)
    house = laptop.house()
    yield house
    house.close()


def come_back(client: TestClient, words: str) -> None:
    """From the list on the first page, where what was fetched is chosen, to the sign-in."""
    page = client.get("/set-up/backup").text
    [chosen] = re.findall(r'value="([^"]+\.age)" checked', page)
    client.post("/set-up/backup", data={"file": chosen, "words": words})
    accept = {"day": DAY, "user_name": "grace", "new": NEW_PASSPHRASE, "again": NEW_PASSPHRASE}
    client.post("/set-up/backup/accept", data=accept)
    assert wait(client) == "/sign-in?after=restored"


def fetched(client: TestClient) -> str:
    for _ in range(100_000):  # the work is real, in a thread of its own
        state = client.get("/set-up/backup/fetching/state").json()
        if "next" in state:
            return str(state["next"])
        assert 0 <= state["done"] <= state["of"]
    raise AssertionError("it never ended")


def test_from_another_computer_once_its_key_was_accepted(
    fresh: House, lost: tuple[Laptop, Path], tmp_path: Path
) -> None:
    laptop, file = lost
    with another_computer(tmp_path / "far") as computer, client_of(fresh) as client:
        shutil.copy(file, computer.root / file.name)
        (computer.root / NEVER).write_bytes(b"something else")
        typed = {"host": "127.0.0.1", "port": str(computer.port), "user": USER, "folder": "/"}
        client.post("/set-up/backup/computer", data=typed | {"password": PASSWORD})
        page = client.get("/set-up/backup/computer/key").text
        assert "SHA256:" in page
        assert computer.said_passwords == [], "nothing is said to a computer nobody has accepted"
        answer = client.post("/set-up/backup/computer/key")
        assert answer.headers["location"] == "/set-up/backup/there"
        assert computer.said_passwords == [PASSWORD], "whoever waits for a slow line waits once"
        page = client.get("/set-up/backup/there").text
        assert re.findall(r'name="name" value="([^"]+)"', page) == [file.name]
        client.post("/set-up/backup/there", data={"name": file.name})
        assert fetched(client) == "/set-up/backup"
        assert (fresh.config.backups_dir / file.name).read_bytes() == file.read_bytes()
        come_back(client, laptop.words)
        assert fresh.state is State.OPEN


def test_from_a_store_on_the_internet(fresh: House, lost: tuple[Laptop, Path]) -> None:
    laptop, file = lost
    with s3_store() as store, client_of(fresh) as client:
        store.objects[f"/clinic/{file.name}"] = file.read_bytes()
        typed = {"endpoint": store.endpoint, "bucket": "clinic", "key_id": KEY_ID}
        answer = client.post("/set-up/backup/store", data=typed | {"secret": SECRET})
        assert answer.headers["location"] == "/set-up/backup/there"
        assert "2026-03-02 12:00" in client.get("/set-up/backup/there").text
        client.post("/set-up/backup/there", data={"name": file.name})
        assert fetched(client) == "/set-up/backup"
        come_back(client, laptop.words)
        assert fresh.state is State.OPEN


def test_what_is_wrong_is_said_and_no_password_comes_back_in_a_page(
    fresh: House, tmp_path: Path
) -> None:
    with another_computer(tmp_path / "far") as computer, client_of(fresh) as client:
        typed = {"host": "127.0.0.1", "port": str(computer.port), "user": USER, "folder": "/"}
        secret = {"password": "battery staple"}
        for wrong, said in (
            ({"port": "99999999"}, "A port is a number"),
            ({"port": "9"}, "Nothing answers at that address"),
            ({"user": " "}, "User name there"),
        ):
            page = client.post("/set-up/backup/computer", data=typed | secret | wrong)
            assert (page.status_code, said in page.text) == (400, True), said
            assert "battery staple" not in page.text
        for wrong, said in (
            (secret, "did not let MediLink in"),
            ({"password": PASSWORD}, "There is no backup in that folder"),
            ({"password": PASSWORD, "folder": "/nowhere"}, "There is no folder"),
        ):
            client.post("/set-up/backup/computer", data=typed | wrong)
            page = client.post("/set-up/backup/computer/key")
            assert (page.status_code, said in page.text) == (400, True), said
            assert wrong["password"] not in page.text
            assert f'value="{USER}"' in page.text, "the rest is not typed again"


def test_nothing_typed_brings_it_to_a_stop(fresh: House) -> None:
    """The libraries that reach other computers have their own ideas of what is an address."""
    with client_of(fresh) as client:
        for host in ("a" * 70, "a b", "ü" * 80, "..", "[::1", "\x00", "-"):
            typed = {"host": host, "user": USER, "folder": "/", "port": "9"}
            assert client.post("/set-up/backup/computer", data=typed).status_code == 400, host
        known = {"endpoint": "http://127.0.0.1:9", "bucket": "clinic", "folder": ""}
        known |= {"key_id": KEY_ID, "secret": SECRET}
        for field, odd in (
            ("endpoint", "https://"),
            ("endpoint", "not a url"),
            ("endpoint", "ftp://x"),
            ("endpoint", "https://[::"),
            ("endpoint", "http://127.0.0.1:99999"),
            ("bucket", "a b"),
            ("bucket", "../x"),
            ("folder", "ü b/../c\x00d?e#f"),
            ("key_id", "é\n"),
            ("secret", "é \x00"),
            ("region", "a b"),
        ):
            page = client.post("/set-up/backup/store", data=known | {field: odd})
            assert page.status_code == 400, (field, odd)


def test_a_computer_that_is_another_one_by_then_is_told_nothing(
    fresh: House, tmp_path: Path
) -> None:
    with another_computer(tmp_path / "far") as computer, client_of(fresh) as client:
        typed = {"host": "127.0.0.1", "port": str(computer.port), "user": USER, "folder": "/"}
        client.post("/set-up/backup/computer", data=typed | {"password": PASSWORD})
        computer.host_key = type(computer.host_key).generate()
        page = client.post("/set-up/backup/computer/key").text
        assert "is not the one that was chosen" in page
        assert computer.said_passwords == []


def test_a_line_that_breaks_leaves_nothing_and_is_tried_again(
    fresh: House, lost: tuple[Laptop, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = lost
    with s3_store() as store, client_of(fresh) as client:
        store.objects[f"/clinic/{file.name}"] = file.read_bytes()
        typed = {"endpoint": store.endpoint, "bucket": "clinic", "key_id": KEY_ID}
        client.post("/set-up/backup/store", data=typed | {"secret": SECRET})
        store.objects[f"/clinic/{file.name}"] += b"and more, without end"
        client.post("/set-up/backup/there", data={"name": file.name})
        assert fetched(client) == "/set-up/backup/there"
        page = client.get("/set-up/backup/there")
        assert (page.status_code, "longer or shorter" in page.text) == (400, True)
        assert list(fresh.config.backups_dir.iterdir()) == []
        store.objects[f"/clinic/{file.name}"] = file.read_bytes()
        client.post("/set-up/backup/there", data={"name": file.name})
        assert fetched(client) == "/set-up/backup"


def test_nothing_that_opens_the_place_is_kept(
    fresh: House, lost: tuple[Laptop, Path], tmp_path: Path
) -> None:
    laptop, file = lost
    with s3_store() as store, client_of(fresh) as client:
        store.objects[f"/clinic/{file.name}"] = file.read_bytes()
        typed = {"endpoint": store.endpoint, "bucket": "clinic", "key_id": KEY_ID}
        client.post("/set-up/backup/store", data=typed | {"secret": SECRET})
        client.post("/set-up/backup/there", data={"name": file.name})
        fetched(client)
        assert client.get("/set-up/backup/there").headers["location"] == "/set-up/backup"
        assert store.endpoint not in client.get("/set-up/backup/store").text
        come_back(client, laptop.words)
        assert fresh.store.backups.of_places() == []
    for path in (tmp_path / "fresh").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@contextmanager
def coming_slowly(
    kind: str, lost: Path, folder: Path, client: TestClient
) -> Iterator[tuple[Line, dict[str, str]]]:
    """A backup that is on its way here, over a line that drips; and which one."""
    if kind == COMPUTER:
        with another_computer(folder) as computer, dripping(computer.port) as line:
            shutil.copy(lost, computer.root / lost.name)
            typed = {"host": "127.0.0.1", "port": str(line.port), "user": USER, "folder": "/"}
            client.post("/set-up/backup/computer", data=typed | {"password": PASSWORD})
            client.post("/set-up/backup/computer/key")
            yield begun(client, line, lost.name)
    else:
        with s3_store() as store, dripping(store.server.server_port) as line:
            store.objects[f"/clinic/{lost.name}"] = lost.read_bytes()
            typed = {"endpoint": f"http://127.0.0.1:{line.port}", "bucket": "clinic"}
            typed |= {"key_id": KEY_ID, "secret": SECRET}
            client.post("/set-up/backup/store", data=typed)
            yield begun(client, line, lost.name)


def begun(client: TestClient, line: Line, name: str) -> tuple[Line, dict[str, str]]:
    line.drips.set()
    wanted = {"name": name}
    assert client.post("/set-up/backup/there", data=wanted).status_code == 303
    while not line.dripped:
        assert client.get("/set-up/backup/fetching/state").json()["done"] == 0
    return line, wanted


@pytest.mark.parametrize("kind", [COMPUTER, STORE])
def test_it_can_be_stopped_and_begun_again(
    fresh: House, lost: tuple[Laptop, Path], tmp_path: Path, kind: str
) -> None:
    with (
        client_of(fresh) as client,
        coming_slowly(kind, lost[1], tmp_path / "far", client) as (line, wanted),
    ):
        page = client.get("/set-up/backup/fetching").text
        assert "Waiting for the first part of it" in page
        [stop] = re.findall(r'action="(/set-up/backup/fetching/stop)"', page)
        began = time.monotonic()
        client.post(stop)
        assert fetched(client) == "/set-up/backup/there"
        assert time.monotonic() - began < STOP_S
        assert "It was stopped." in client.get("/set-up/backup/there").text
        assert list(fresh.config.backups_dir.iterdir()) == []
        line.drips.clear()
        client.post("/set-up/backup/there", data=wanted)
        assert fetched(client) == "/set-up/backup"


@pytest.mark.parametrize("kind", [COMPUTER, STORE])
def test_closing_medilink_does_not_wait_for_it(
    fresh: House, lost: tuple[Laptop, Path], tmp_path: Path, kind: str
) -> None:
    with ExitStack() as far:
        with client_of(fresh) as client:
            far.enter_context(coming_slowly(kind, lost[1], tmp_path / "far", client))
            began = time.monotonic()
        assert time.monotonic() - began < STOP_S
    assert list(fresh.config.backups_dir.iterdir()) == []


def test_whoever_begins_a_new_clinic_instead_leaves_no_password_behind(
    fresh: House, lost: tuple[Laptop, Path]
) -> None:
    door = FetchDoor(fresh, lambda _: None)
    routes = [*door.routes(), *SetUpDoor(fresh, door.end).routes()]
    client = TestClient(Starlette(routes=routes), "http://localhost", client=("127.0.0.1", 50_000))
    with s3_store() as store:
        store.objects[f"/clinic/{lost[1].name}"] = lost[1].read_bytes()
        typed = {"endpoint": store.endpoint, "bucket": "clinic", "key_id": KEY_ID}
        client.post("/set-up/backup/store", data=typed | {"secret": SECRET}, follow_redirects=False)
    [one] = [each for each in gc.get_objects() if isinstance(each, Fetching) and each.place]
    client.post("/set-up", data=asdict(FORM), follow_redirects=False)
    sheet = client.get("/set-up/sheet.pdf").content
    words = sheet_words(sheet)
    client.post("/set-up/sheet", data={f"word{at}": word for at, word in words.items()})
    client.post("/set-up/unlocking", data={"unlocking": "attended"}, follow_redirects=False)
    assert fresh.state is State.OPEN
    assert (one.typed, one.place, one.address) == ({}, None, None)


def test_only_at_the_computer_itself_and_only_where_there_is_no_clinic(
    fresh: House, lost: tuple[Laptop, Path]
) -> None:
    elsewhere = client_of(fresh, ip="192.0.2.7")
    house = lost[0].house()
    for path in ("computer", "computer/key", "store", "there", "fetching"):
        assert elsewhere.get(f"/set-up/backup/{path}").status_code == 403
        there = client_of(house).get(f"/set-up/backup/{path}", headers={"accept": "text/html"})
        assert there.status_code == 303
        assert "set-up" not in there.headers["location"]
    assert elsewhere.get("/set-up/backup/fetching/state").status_code == 404
    for path in ("computer/key", "there", "fetching"):
        assert client_of(fresh).get(f"/set-up/backup/{path}").status_code == 303
    assert name_of("0" * 32, 1) not in client_of(fresh).get("/set-up/backup").text

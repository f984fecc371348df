"""The doors for the recovery sheet: a lost passphrase on a locked clinic and on an open one, and a
fresh install that comes back from a backup. Real doors, real store."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from backup.kept import name_of
from backup.taking import take_backup
from medilink.acts.set_up import ClinicForm
from medilink.acts.staff import add_staff
from medilink.audit import Act, open_entry
from medilink.config import Config
from medilink.people import Role
from security.shares import split_in_three
from security.slots import new_recovery_words, recovery_key
from tests.clinics import HandClock
from ui.app import build_app
from ui.house import House, State
from ui.utc_words import utc_words

PASSPHRASE = "mango river lantern quiet"
NEW = "copper violin sunset 88"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
WORDS = " ".join(new_recovery_words())
SHEETS = split_in_three(recovery_key(WORDS))


def house_in(folder: Path, clock: HandClock | None = None) -> House:
    config = Config(folder / "data", folder / "keys", host="127.0.0.1", hash_cost="light")
    return House(config, clock or HandClock())


def client_of(house: House, ip: str = "127.0.0.1") -> TestClient:
    app = build_app(house, pages=PlainTextResponse("a page of the app"))
    base = "http://localhost:8600"
    return TestClient(app, base_url=base, follow_redirects=False, client=(ip, 50_000))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = house_in(tmp_path / "here")
    made.set_up(FORM, tuple(WORDS.split()), unattended=True)
    yield made
    made.close()


def proof_in(page: str) -> str:
    found = re.search(r'name="proof" value="([^"]+)"', page)
    assert found
    return found[1]


def choose(client: TestClient, proof: str, **otherwise: str) -> tuple[int, str]:
    form = {"proof": proof, "user": "grace", "new": NEW, "again": NEW} | otherwise
    answer = client.post("/recover/passphrase", data=form)
    return answer.status_code, answer.headers.get("location", answer.text)


@pytest.mark.parametrize("typed", [WORDS, f"{SHEETS[2]}\n{SHEETS[0]}"], ids=["words", "two sheets"])
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "open"])
def test_a_lost_passphrase_is_made_good_with_the_sheet(
    house: House, locked: bool, typed: str
) -> None:
    if locked:
        house.close()
    client = client_of(house)
    assert "recovery sheet" in client.get("/unlock" if locked else "/sign-in").text
    assert client.get("/recover").status_code == 200
    page = client.post("/recover", data={"words": typed})
    assert "Grace Wafula" in page.text
    assert choose(client, proof_in(page.text)) == (303, "/sign-in?after=passphrase")
    assert client.post("/sign-in", data={"user": "grace", "password": NEW}).status_code == 303
    assert (
        client.post("/sign-in", data={"user": "grace", "password": PASSPHRASE}).status_code == 403
    )
    house.close()
    house.unlock(NEW)
    why = [open_entry(row).why for row in house.store.log.rows() if row.act == Act.CHANGE_UNLOCKING]
    assert why == ["an administrator got a new passphrase with the recovery sheet"]


def test_without_the_words_there_is_no_new_passphrase(house: House) -> None:
    client = client_of(house)
    for proof in ("", "guessed", "0" * 43):
        assert choose(client, proof) == (303, "/recover")
    answer = client.post("/recover", data={"words": " ".join(new_recovery_words())})
    assert (answer.status_code, "not the words of this clinic" in answer.text) == (403, True)
    assert "proof" not in answer.text
    assert [row.act for row in house.store.log.rows()][-1] == Act.UNLOCK_FAILED
    answers = [client.post("/recover", data={"words": f"x{n}"}) for n in range(3)]
    assert "Too many tries" in answers[-1].text
    assert (
        client.post("/sign-in", data={"user": "grace", "password": PASSPHRASE}).status_code == 303
    )


def test_the_words_are_good_for_a_quarter_of_an_hour_and_for_one_passphrase(house: House) -> None:
    client, clock = client_of(house), house.wall
    assert isinstance(clock, HandClock)
    proof = proof_in(client.post("/recover", data={"words": WORDS}).text)
    status, page = choose(client, proof, new="short", again="short")
    assert (status, "too easy" in page) == (400, True)
    assert choose(client, proof, user="nobody")[0] == 400
    clock.forward(minutes=16)
    assert choose(client, proof) == (303, "/recover")
    proof = proof_in(client.post("/recover", data={"words": WORDS}).text)
    assert choose(client, proof)[1] == "/sign-in?after=passphrase"
    assert choose(client, proof) == (303, "/recover")


def test_only_administrators_are_offered(house: House) -> None:
    admin = house.desk().signed_in_as(house.store.accounts.list_staff()[0])
    add_staff(
        admin, user_name="amina", display_name="Amina", role=Role.PROVIDER, profession="nurse"
    )
    client = client_of(house)
    page = client.post("/recover", data={"words": WORDS}).text
    assert "amina" not in page
    assert choose(client, proof_in(page), user="amina")[0] == 400


# ---- a fresh install


@pytest.fixture
def stick(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick with a backup, which is what there is to be found."""
    stick = tmp_path / "stick"
    folder = stick / "MediLink backups"
    folder.mkdir(parents=True)
    take_backup(house.system_desk(), house.store, house.store_id, folder)
    monkeypatch.setattr("ui.doors.come_back.folders_to_look_in", lambda _: [stick])
    return stick


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """A served folder: what MediLink needs before there is a clinic is there already."""
    clock = HandClock()
    clock.forward(days=1)
    made = house_in(tmp_path / "fresh", clock)
    made.config.data_dir.mkdir(parents=True)
    for name in ("in-use.lock", "tls-certificate.pem", "tls-key.pem"):
        (made.config.data_dir / name).write_bytes(b"")
    yield made
    made.close()


def wait(client: TestClient) -> str:
    for _ in range(100_000):  # the work is real, in a thread of its own
        state = client.get("/set-up/backup/state").json()
        if "next" in state:
            return str(state["next"])
        assert 0 <= state["done"] <= state["of"]
    raise AssertionError("it never ended")


def test_a_fresh_install_comes_back_from_the_stick(fresh: House, stick: Path) -> None:
    with client_of(fresh) as client:
        assert "I have a backup" in client.get("/set-up").text
        page = client.get("/set-up/backup").text
        [path] = re.findall(r'value="([^"]+\.age)"', page)
        assert Path(path).parent == (stick / "MediLink backups").resolve()
        form = {"file": path, "words": f"{SHEETS[0]} {SHEETS[1]}"}
        answer = client.post("/set-up/backup", data=form)
        assert answer.headers["location"] == "/set-up/backup/accept"
        page = client.get("/set-up/backup/accept").text
        assert "Kisumu Clinic" in page
        accept = {"day": "2026-03-02", "user_name": "", "new": NEW, "again": NEW}
        refused = client.post("/set-up/backup/accept", data=accept | {"day": "yesterday"})
        assert "was not typed as it stands there" in refused.text
        client.post("/set-up/backup/accept", data=accept)
        assert wait(client) == "/sign-in?after=restored"
        assert fresh.state is State.OPEN
        answer = client.post("/sign-in", data={"user": "grace", "password": NEW})
        assert answer.status_code == 303
        assert client.get("/set-up/backup", headers={"accept": "text/html"}).status_code in (
            303,
            401,
        )


def test_what_does_not_fit_is_said_and_can_be_mended(fresh: House, stick: Path) -> None:
    with client_of(fresh) as client:
        [file] = (stick / "MediLink backups").iterdir()
        for typed, said in (
            ({"file": str(file), "words": SHEETS[1]}, "sheet 2 of three"),
            (
                {"file": str(file), "words": " ".join(new_recovery_words())},
                "do not open this backup",
            ),
            ({"file": "typed", "path": "/nowhere.age", "words": WORDS}, "could not be read"),
            ({"path": "", "words": WORDS}, "Backup"),
        ):
            answer = client.post("/set-up/backup", data=typed)
            assert (answer.status_code, said in answer.text) == (400, True), said
        client.post("/set-up/backup", data={"file": str(file), "words": WORDS})
        accept = {"day": "2026-03-02", "user_name": "nobody", "new": NEW, "again": NEW}
        refused = client.post("/set-up/backup/accept", data=accept)
        assert "no administrator of that name" in refused.text, "before the long work"
        assert "there were: grace" in refused.text
        client.post("/set-up/backup/accept", data=accept | {"user_name": "grace"})
        assert wait(client) == "/sign-in?after=restored"


def test_however_many_are_newer_the_one_that_was_chosen_is_in_the_list(
    fresh: House, stick: Path
) -> None:
    [file] = (stick / "MediLink backups").iterdir()
    for number in range(45):
        (stick / name_of("5e1f0a" + 26 * "0", number + 1)).write_bytes(b"")
    os.utime(file, (10**9, 10**9))
    with client_of(fresh) as client:
        assert str(file.resolve()) not in client.get("/set-up/backup").text
        refused = client.post("/set-up/backup", data={"file": str(file.resolve()), "words": "no"})
        assert f'value="{file.resolve()}" checked' in refused.text


def test_a_day_no_calendar_knows_is_a_day_that_is_not_known() -> None:
    """A stick's file may claim any."""
    assert utc_words(1_772_438_400_000) == "2026-03-02 08:00 UTC"
    assert [utc_words(at) for at in (1e15, 1e30, -1e18, float("nan"))] == [""] * 4


def test_only_at_the_computer_itself_and_only_where_there_is_no_clinic(
    house: House, fresh: House
) -> None:
    elsewhere = client_of(fresh, ip="192.0.2.7")
    for path in ("/set-up/backup", "/set-up/backup/accept", "/set-up/backup/progress"):
        assert elsewhere.get(path).status_code == 403
        there = client_of(house).get(path, headers={"accept": "text/html"})
        assert (there.status_code, there.headers["location"]) == (303, "/sign-in")
    assert elsewhere.get("/set-up/backup/state").status_code == 404
    assert client_of(house).get("/set-up/backup/state").status_code == 404
    for path in ("/set-up/backup/accept", "/set-up/backup/progress"):
        assert client_of(fresh).get(path).headers["location"] == "/set-up/backup"

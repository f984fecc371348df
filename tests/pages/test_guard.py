"""The guard: what is reachable in each state, by whom, from where. Real doors, real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.audit import open_entry
from medilink.config import Config
from medilink.people import Role
from security.slots import new_recovery_words
from tests.clinics import HandClock
from ui.app import FIRST_PAGES, build_app, sweep_once
from ui.guard import CLOSE_NOT_SIGNED_IN, COOKIE, host_name
from ui.house import House
from ui.navigation import PAGES

PASSPHRASE = "mango river lantern quiet"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
APP_PATHS = (
    "/",
    "/staff",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/media/x",
    "/static/js/index.js",
    "/alive",
    "/scan/frame",
    "/new-password",
)
HTML = {"accept": "text/html"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    made = House(config, HandClock())
    yield made
    made.close()


def client_of(
    house: House, base: str = "http://localhost:8600", ip: str = "127.0.0.1"
) -> TestClient:
    app = build_app(house, pages=PlainTextResponse("a page of the app"))
    return TestClient(app, base_url=base, follow_redirects=False, client=(ip, 50_000))


@pytest.fixture
def open_house(house: House) -> House:
    house.set_up(FORM, new_recovery_words(), unattended=False)
    return house


def signed_in(client: TestClient, user: str = "grace", pw: str = PASSPHRASE) -> str:
    answer = client.post("/sign-in", data={"user": user, "password": pw})
    assert answer.status_code == 303, answer.text
    return str(answer.cookies[COOKIE])


def test_before_set_up_there_is_only_set_up(house: House) -> None:
    client = client_of(house)
    assert client.get("/healthz").json() == {"status": "ok", "state": "no clinic"}
    for path in (*APP_PATHS, "/sign-in", "/unlock"):
        answer = client.get(path, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/set-up")
    assert client.get("/set-up").status_code == 200


def test_set_up_answers_only_on_the_computer_itself(house: House) -> None:
    client = client_of(house, ip="192.0.2.44")
    assert client.get("/set-up").status_code == 403
    assert client.post("/set-up", data={"name": "x"}).status_code == 403
    assert client.get("/set-up/sheet.pdf").status_code == 403


def test_the_sheet_must_be_downloaded_and_read_before_going_on(house: House) -> None:
    client = client_of(house)
    form = {name: getattr(FORM, name) for name in ClinicForm.__dataclass_fields__}
    assert client.get("/set-up/sheet").headers["location"] == "/set-up"
    assert client.post("/set-up", data=form).headers["location"] == "/set-up/sheet"
    answer = client.post("/set-up/sheet", data={})
    assert "Download the recovery sheet first" in answer.text
    assert client.get("/set-up/sheet.pdf").content.startswith(b"%PDF")
    answer = client.post("/set-up/sheet", data={})
    assert "is not the one on the sheet" in answer.text
    assert client.get("/set-up/unlocking").headers["location"] == "/set-up"
    assert client.post("/set-up/unlocking", data={}).headers["location"] == "/set-up"
    assert house.state.value == "no clinic"


def test_a_weak_passphrase_is_refused_and_what_was_typed_stays(house: House) -> None:
    form = {name: getattr(FORM, name) for name in ClinicForm.__dataclass_fields__}
    answer = client_of(house).post(
        "/set-up", data=form | {"passphrase": "kisumu", "again": "kisumu"}
    )
    assert answer.status_code == 400
    assert "too easy to guess" in answer.text
    assert "Kisumu Clinic" in answer.text
    assert 'value="kisumu"' not in answer.text


def test_a_locked_store_shows_the_unlock_page_only(open_house: House) -> None:
    open_house.close()
    client = client_of(open_house)
    for path in (*APP_PATHS, "/sign-in", "/set-up"):
        assert client.get(path, headers=HTML).headers["location"] == "/unlock"
        assert client.get(path).status_code == 401
    assert "MediLink is locked" in client.get("/unlock").text
    answer = client.post("/unlock", data={"passphrase": "wrong"})
    assert (answer.status_code, "not the right passphrase" in answer.text) == (403, True)
    assert client.post("/unlock", data={"passphrase": PASSPHRASE}).status_code == 303
    assert open_house.state.value == "open"


def test_guessing_the_passphrase_is_slowed_down(open_house: House) -> None:
    open_house.close()
    client = client_of(open_house)
    answers = [client.post("/unlock", data={"passphrase": f"x{n}"}) for n in range(4)]
    assert "Too many tries" in answers[-1].text
    assert "Too many tries" in client.post("/unlock", data={"passphrase": PASSPHRASE}).text


def test_nothing_of_the_app_is_there_without_a_session(open_house: House) -> None:
    client = client_of(open_house)
    for path in APP_PATHS:
        assert client.get(path, headers=HTML).headers["location"] == "/sign-in"
        assert client.get(path).status_code == 401
    assert client.post("/scan/frame", content=b"x").status_code == 401
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/_stcore/stream"):
        pass
    assert closed.value.code == CLOSE_NOT_SIGNED_IN


def test_identity_headers_from_outside_are_thrown_away(open_house: House) -> None:
    client = client_of(open_house)
    cookie = signed_in(client)
    session = open_house.sessions.by_cookie(cookie)
    assert session is not None
    client.cookies.clear()
    forged = {"x-medilink-session": session.name}
    assert client.get("/", headers=forged).status_code == 401
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers=forged),
    ):
        pass


def test_the_cookie_is_kept_from_scripts_and_other_sites(open_house: House) -> None:
    client = client_of(open_house)
    answer = client.post("/sign-in", data={"user": "grace", "password": PASSPHRASE})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    over_tls = client_of(open_house, base="https://localhost:8601")
    answer = over_tls.post("/sign-in", data={"user": "grace", "password": PASSPHRASE})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_every_answer_carries_the_security_headers(open_house: House) -> None:
    client = client_of(open_house)
    for path in ("/sign-in", "/healthz", "/nowhere", "/assets/medilink.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert "script-src 'self' blob:" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "8.8.8.8", "", "["])
def test_a_foreign_host_name_is_refused(open_house: House, host: str) -> None:
    assert client_of(open_house).get("/sign-in", headers={"host": host}).status_code == 400


def test_host_names_are_read_as_browsers_write_them() -> None:
    assert host_name("localhost:8600") == "localhost"
    assert host_name("[::1]:8600") == "::1"
    assert host_name("Clinic.Local") == "clinic.local"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999"])
def test_a_form_sent_from_another_site_is_refused(open_house: House, origin: str) -> None:
    client = client_of(open_house)
    data = {"user": "grace", "password": PASSPHRASE}
    assert client.post("/sign-in", data=data, headers={"origin": origin}).status_code == 403
    signed_in(client)
    assert client.post("/sign-out", headers={"origin": origin}).status_code == 403
    assert client.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_signing_out_ends_every_session_of_the_account(open_house: House) -> None:
    phone, laptop = client_of(open_house), client_of(open_house)
    signed_in(phone)
    signed_in(laptop)
    assert laptop.get("/alive").status_code == 204
    phone.post("/sign-out")
    assert phone.get("/alive").status_code == 401
    assert laptop.get("/alive").status_code == 401


def test_an_idle_session_ends_and_typing_keeps_it(open_house: House) -> None:
    client, clock = client_of(open_house), open_house.wall
    assert isinstance(clock, HandClock)
    signed_in(client)
    for _ in range(4):
        clock.forward(minutes=10)
        assert client.post("/alive").status_code == 204
    clock.forward(minutes=10)
    assert client.get("/alive").status_code == 204, "asking does not count as being there"
    clock.forward(minutes=5)
    assert client.get("/alive").status_code == 401


def test_a_clock_set_back_does_not_keep_a_session_for_ever(open_house: House) -> None:
    client, clock = client_of(open_house), open_house.wall
    assert isinstance(clock, HandClock)
    signed_in(client)
    clock.forward(days=-30)
    assert client.get("/alive").status_code == 204
    clock.forward(minutes=15)
    assert client.get("/alive").status_code == 401


def test_an_idle_sign_out_is_on_record(open_house: House) -> None:
    client, clock = client_of(open_house), open_house.wall
    assert isinstance(clock, HandClock)
    signed_in(client)
    clock.forward(minutes=16)
    sweep_once(open_house)
    entries = map(open_entry, open_house.store.log.rows())
    assert ("sign out", "idle") in {(entry.act, entry.why) for entry in entries}


def test_a_first_password_opens_nothing_but_its_own_change(open_house: House) -> None:
    desk = open_house.desk()
    admin = desk.signed_in_as(sign_in(desk, "grace", PASSPHRASE))
    _, slip = add_staff(admin, user_name="ben", display_name="Ben", role=Role.ADMIN)
    client = client_of(open_house)
    signed_in(client, "ben", slip)
    for path in APP_PATHS:
        if path != "/new-password":
            assert client.get(path, headers=HTML).headers["location"] == "/new-password"
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass
    new = "copper violin sunset 88"
    answer = client.post("/new-password", data={"old": slip, "new": "short", "again": "short"})
    assert "too easy" in answer.text
    client.post("/new-password", data={"old": slip, "new": new, "again": new})
    signed_in(client, "ben", new)
    assert client.get("/alive").status_code == 204


def test_the_passphrase_of_the_key_file_follows_the_password(open_house: House) -> None:
    client, new = client_of(open_house), "copper violin sunset 88"
    signed_in(client)
    client.post("/new-password", data={"old": PASSPHRASE, "new": new, "again": new})
    open_house.close()
    answer = client.post("/unlock", data={"passphrase": PASSPHRASE})
    assert "not the right passphrase" in answer.text
    client.post("/unlock", data={"passphrase": new})
    assert open_house.state.value == "open"


def test_frames_are_for_people_signed_in_bounded_and_slowed(open_house: House) -> None:
    client = client_of(open_house)
    assert client.post("/scan/frame", content=b"x").status_code == 401
    desk = open_house.desk()
    admin = desk.signed_in_as(sign_in(desk, "grace", PASSPHRASE))
    account, _ = add_staff(
        admin, user_name="amina", display_name="A", role=Role.PROVIDER, profession="doctor"
    )
    ready = replace(account, must_change=False)
    cookie, _ = open_house.sessions.begin(ready, "127.0.0.1", "")
    client.cookies.clear()
    client.cookies.set(COOKIE, cookie)
    assert client.post("/scan/frame", content=b"no picture").json() == {"text": None}
    assert client.post("/scan/frame", content=b"x" * 3_000_000).status_code == 413
    answers = [client.post("/scan/frame", content=b"x").status_code for _ in range(30)]
    assert 429 in answers


@pytest.mark.parametrize("field", ["user", "password"])
def test_a_five_megabyte_paste_at_the_sign_in_is_just_wrong(open_house: House, field: str) -> None:
    data = {"user": "grace", "password": "x"} | {field: "x" * 5_000_000}
    answer = client_of(open_house).post("/sign-in", data=data)
    assert answer.status_code in (400, 403)
    assert "Traceback" not in answer.text
    assert len(answer.text) < 20_000


def test_the_first_page_of_every_role_is_found_at_its_name_too(open_house: House) -> None:
    assert set(FIRST_PAGES) == {rows[0][0] for rows in PAGES.values()}
    client = client_of(open_house)
    signed_in(client)
    for address in FIRST_PAGES:
        answer = client.get(f"/{address}", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_language_is_chosen_before_signing_in_and_kept(open_house: House) -> None:
    client = client_of(open_house)
    assert "Sign in" in client.get("/sign-in").text
    answer = client.post("/language", data={"to": "sw", "back": "/sign-in"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    page = client.get("/sign-in").text
    assert '<html lang="sw"' in page
    assert "Nywila" in page
    away = client.post("/language", data={"to": "xx", "back": "https://elsewhere.example"})
    assert away.headers["location"] == "/", "nobody is led away"
    assert '<html lang="sw"' in client.get("/sign-in").text


def test_the_browser_says_the_language(open_house: House) -> None:
    client = client_of(open_house)
    page = client.get("/sign-in", headers={"accept-language": "fr-CD,fr;q=0.9,en;q=0.5"}).text
    assert '<html lang="fr"' in page
    assert "Mot de passe" in page

"""A one-time link at its door, on the real app: one fetch, no trace of the patient or the token."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from medilink.acts.one_time_link import make_link, withdraw_link
from medilink.acts.register import Slip, record_patient_is_here, register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.audit import Act, AuditEntry, open_entry
from medilink.config import Config
from medilink.desk import Desk, Visitor
from medilink.errors import NoRight, NotYours, TooBigForLink, TooManyLinks
from medilink.looking import is_shown
from medilink.one_time import LONGEST_MS, MEGABYTE, MOST_MEGABYTES, token_digest
from medilink.people import PatientDetails, Profession, Role, Sex
from security.slots import new_recovery_words
from tests.clinics import HandClock
from ui.app import build_app, sweep_once
from ui.house import House
from ui.parts.looked_words import told_words

PASSPHRASE = "mango river lantern quiet"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
WHO = PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE, "1984-05-23")
FILE = ("K7PM-3QXE.zip", "application/zip", b"PK what is inside" * 1000)
OVER = "There is nothing to fetch here."


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def house(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    made = House(config, clock)
    made.set_up(FORM, new_recovery_words(), unattended=False)
    yield made
    made.close()


@pytest.fixture
def slip(house: House) -> Slip:
    return register_patient(staff(house, "grace-2"), WHO)


def staff(house: House, name: str) -> Desk:
    admin = house.desk().signed_in_as(sign_in(house.desk(), "grace", PASSPHRASE))
    account, _ = add_staff(
        admin,
        user_name=name,
        display_name="Amina Otieno",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    return house.desk(visitor=Visitor("session", "192.0.2.7", "a browser")).signed_in_as(account)


def patient(house: House, slip: Slip) -> Desk:
    account = sign_in(house.desk(), slip.patient.medilink_id, slip.password)
    return house.desk().signed_in_as(account)


def link(house: House, slip: Slip, content: bytes = FILE[2]) -> str:
    return make_link(
        patient(house, slip), house.shelf, slip.patient.id, (FILE[0], FILE[1], content)
    )


def client_of(house: House, ip: str = "192.0.2.44") -> TestClient:
    app = build_app(house, pages=PlainTextResponse("a page of the app"))
    return TestClient(
        app, base_url="http://localhost:8600", follow_redirects=False, client=(ip, 50_000)
    )


def entries(house: House, *acts: Act) -> list[AuditEntry]:
    return [open_entry(row) for row in house.store.log.rows() if row.act in acts]


LINKS = (Act.MAKE_LINK, Act.FETCH_LINK, Act.END_LINK)


def test_the_file_is_fetched_once(house: House, slip: Slip) -> None:
    token, client = link(house, slip), client_of(house)
    page = client.get(f"/take/{token}")
    assert (page.status_code, "A file is waiting for you" in page.text) == (200, True)
    answer = client.post(f"/take/{token}")
    assert (answer.status_code, answer.content) == (200, FILE[2])
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].endswith("K7PM-3QXE.zip")
    for again in (client.post(f"/take/{token}"), client.get(f"/take/{token}")):
        assert (again.status_code, OVER in again.text) == (404, True)


def test_previews_use_nothing_up(house: House, slip: Slip) -> None:
    token, client = link(house, slip), client_of(house)
    for _ in range(5):
        assert client.get(f"/take/{token}").status_code == 200
        assert client.head(f"/take/{token}").status_code == 200
    assert client.post(f"/take/{token}").content == FILE[2]


def test_of_twenty_at_the_same_time_one_gets_it(house: House, slip: Slip) -> None:
    token = link(house, slip)
    clients = [client_of(house, f"192.0.2.{number}") for number in range(20)]
    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(lambda one: one.post(f"/take/{token}").status_code, clients))
    assert sorted(answers) == [200] + [404] * 19
    assert len(entries(house, Act.FETCH_LINK)) == 1


def test_the_page_says_nothing_of_the_patient_and_runs_nothing(house: House, slip: Slip) -> None:
    page = client_of(house).get(f"/take/{link(house, slip)}", headers={"accept-language": "en"})
    for told in ("Wanjiku", "Ng", slip.patient.medilink_id, FILE[0], "zip", "<script", "record"):
        assert told not in page.text
    assert "viewport" in page.text


@pytest.mark.parametrize(("language", "lang"), [("sw", "sw"), ("fr-CH", "fr"), ("xx", "en")])
def test_the_page_is_in_the_language_of_the_browser(
    house: House, slip: Slip, language: str, lang: str
) -> None:
    headers = {"accept-language": language}
    page = client_of(house).get(f"/take/{link(house, slip)}", headers=headers)
    assert f'<html lang="{lang}"' in page.text


def test_unknown_used_withdrawn_and_expired_are_told_alike(
    house: House, slip: Slip, clock: HandClock
) -> None:
    used, withdrawn, expired = (link(house, slip) for _ in range(3))
    client_of(house).post(f"/take/{used}")
    withdraw_link(patient(house, slip), house.shelf, withdrawn)
    clock.forward(milliseconds=LONGEST_MS)
    told = {
        (answer.status_code, answer.text)
        for number, token in enumerate(("A" * 43, "x", "%00", used, withdrawn, expired))
        for client in [client_of(house, f"198.51.100.{number}")]
        for answer in (client.get(f"/take/{token}"), client.post(f"/take/{token}"))
    }
    assert len(told) == 1


def test_no_token_goes_anywhere(house: House, slip: Slip, tmp_path: Path) -> None:
    token, client = link(house, slip), client_of(house)
    page, answer = client.get(f"/take/{token}"), client.post(f"/take/{token}")
    assert page.headers["referrer-policy"] == "strict-origin"
    assert answer.headers["referrer-policy"] == "no-referrer"
    for each in (page, answer):
        assert each.headers["cache-control"] == "no-store"
        assert each.headers["x-content-type-options"] == "nosniff"
        assert token not in each.text
        assert not each.cookies
    assert token not in repr(house.shelf.__dict__)
    assert not [row for row in house.store.log.rows() if token.encode() in (row.detail or b"")]


def test_another_site_cannot_press_the_button(house: House, slip: Slip) -> None:
    token, client = link(house, slip), client_of(house)
    answer = client.post(f"/take/{token}", headers={"origin": "https://evil.test"})
    assert answer.status_code == 403
    assert client.post(f"/take/{token}", headers={"origin": "http://localhost:8600"}).content


def test_who_tries_many_links_has_to_wait(house: House, slip: Slip, clock: HandClock) -> None:
    token, client = link(house, slip), client_of(house)
    answers = [client.post(f"/take/{number}").status_code for number in range(6)]
    assert answers == [404, 404, 404, 404, 429, 429]
    assert client.post(f"/take/{token}").status_code == 429
    assert client_of(house, "192.0.2.45").get(f"/take/{token}").status_code == 200
    clock.forward(seconds=3)
    assert client.post(f"/take/{token}").content == FILE[2]


def test_the_patient_sees_what_became_of_it(house: House, slip: Slip, clock: HandClock) -> None:
    fetched, left = link(house, slip), link(house, slip)
    client_of(house).post(f"/take/{fetched}", headers={"user-agent": "A phone"})
    clock.forward(hours=2)
    sweep_once(house)
    made, also_made, taken, ended = entries(house, *LINKS)
    assert {one.patient for one in (made, also_made, taken, ended)} == {slip.patient.id}
    assert (taken.ip, taken.agent, taken.account) == ("192.0.2.44", "A phone", None)
    assert (ended.act, ended.why) == (Act.END_LINK, "nobody fetched it in time")
    me = patient(house, slip).who.id
    assert all(is_shown(one, me) for one in (made, taken, ended))
    told = told_words(taken, own=False, clinic="Kisumu Clinic")
    assert told == "Somebody not signed in fetched the file of a one-time link"
    assert client_of(house).post(f"/take/{left}").status_code == 404


def test_only_who_may_open_the_record_makes_a_link(house: House, slip: Slip) -> None:
    stranger = staff(house, "stranger")
    with pytest.raises(NoRight):
        make_link(stranger, house.shelf, slip.patient.id, FILE)
    assert entries(house, Act.MAKE_LINK)[-1].outcome == "refused"
    record_patient_is_here(stranger, slip.patient.id, "here for a visit")
    assert make_link(stranger, house.shelf, slip.patient.id, FILE)


def test_only_the_maker_withdraws_it(house: House, slip: Slip) -> None:
    token = link(house, slip)
    with pytest.raises(NotYours):
        withdraw_link(staff(house, "stranger"), house.shelf, token)
    assert client_of(house).get(f"/take/{token}").status_code == 200
    withdraw_link(patient(house, slip), house.shelf, token)
    withdraw_link(patient(house, slip), house.shelf, token)
    assert [one.why for one in entries(house, Act.END_LINK)][1:] == ["withdrawn"]


def test_it_outlives_the_makers_session_and_not_a_restart(house: House, slip: Slip) -> None:
    token = link(house, slip)
    house.sessions.end_everything()
    assert client_of(house).get(f"/take/{token}").status_code == 200
    house.close()
    assert client_of(house).get(f"/take/{token}").status_code == 401  # locked
    house.unlock(PASSPHRASE)
    assert client_of(house).get(f"/take/{token}").status_code == 404
    assert entries(house, Act.END_LINK)[-1].why == "MediLink was stopped"


def test_what_is_too_much_is_refused(house: House, slip: Slip) -> None:
    with pytest.raises(TooBigForLink):
        link(house, slip, bytes(MOST_MEGABYTES * MEGABYTE + 1))
    big = bytes(MOST_MEGABYTES * MEGABYTE)
    made = [link(house, slip, big) for _ in range(2)]
    with pytest.raises(TooManyLinks):
        link(house, slip, b"x")
    others = [staff(house, name) for name in ("colleague", "neighbour")]
    for other in others:  # one who shares too much keeps nobody else from it
        record_patient_is_here(other, slip.patient.id, "here for a visit")
    kept = [make_link(others[0], house.shelf, slip.patient.id, ("x", "y", big)) for _ in range(2)]
    with pytest.raises(TooManyLinks):
        make_link(others[1], house.shelf, slip.patient.id, FILE)
    client_of(house).post(f"/take/{made[0]}")
    assert kept
    assert link(house, slip, b"x")
    assert make_link(others[1], house.shelf, slip.patient.id, FILE)


def test_a_link_that_cannot_be_logged_does_not_exist_and_is_not_used_up(
    house: House, slip: Slip, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, who = link(house, slip), patient(house, slip)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(type(house.store.log), "write", full)
        with pytest.raises(OSError, match="No space"):
            make_link(who, house.shelf, slip.patient.id, FILE)
        with pytest.raises(OSError, match="No space"):
            client_of(house).post(f"/take/{kept}")
    assert house.shelf.all() == [token_digest(kept)]
    assert client_of(house).post(f"/take/{kept}").content == FILE[2]

"""Nothing about a patient leaves without an entry: every page, button, route and verb is walked.

A patient is called, lives and is ill in words that occur nowhere else. Whoever draws a page,
presses a button, asks a route or types a verb and is shown one of them must have left an entry
about that patient. The walk is done by the real server; that it would notice is shown by a page
which goes around the gate.
"""

from __future__ import annotations

import contextlib
import io
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import uvicorn
from starlette.routing import Route
from streamlit.proto.WidgetStates_pb2 import WidgetState

from medilink.acts.register import record_patient_is_here, register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.staff import add_staff
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.config import Config
from medilink.people import Account, PatientDetails, PatientId, Profession, Role, Sex
from medilink.records import Section
from medilink.visits import NewVisit
from security.slots import new_recovery_words
from tests.streamlit_client import COOKIE, PageClient
from ui import navigation
from ui.app import build_app
from ui.commands import audit, doctor
from ui.house import House, open_house, the_house
from ui.serving import LOOPBACK, claim

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WHO, ILL = "kanari", "klinikal"  # in names and addresses; in what is written about health
PASSPHRASE = "mango river lantern quiet"
NEVER_PRESSED = re.compile("sign out|log out", re.IGNORECASE)


@dataclass
class Walk:
    """The server, the people who walk, and the patient nobody may see unnoticed."""

    house: House
    address: str
    app: Any
    patient: PatientId
    medilink_id: str
    people: dict[str, Account]

    def head(self) -> int:
        return self.house.store.log.head().seq

    def entries_about(self, after: int) -> int:
        """How many entries about the patient were written since."""
        rows = self.house.store.log.rows()
        return sum(row.seq > after and row.patient == self.patient for row in rows)

    def enter(self, who: str) -> str:
        """A session of its own, with the patient on the desk: its cookie."""
        cookie, session = self.house.sessions.begin(self.people[who], LOOPBACK, "walk")
        session.patient = self.patient
        return cookie


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    config = Config(folder / "data", folder / "keys", host=LOOPBACK, hash_cost="light")
    house = open_house(config)
    form = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
    house.set_up(form, new_recovery_words(), unattended=True)
    app = build_app(house)
    made = _furnished(house)
    held = claim(LOOPBACK, 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)  # until the thread serves: there is nothing to wait on
    address = f"http://{LOOPBACK}:{held.getsockname()[1]}"
    yield Walk(house, address, app, *made)
    server.should_exit = True
    thread.join(timeout=20)


def _furnished(house: House) -> tuple[PatientId, str, dict[str, Account]]:
    admin = house.desk().signed_in_as(house.store.accounts.list_staff()[0])
    details = PatientDetails(
        f"Tumbili{WHO}", f"Kasuku{WHO}", Sex.FEMALE, "1984-05-23", "+254712345678", f"Kijiji{WHO}"
    )
    slip = register_patient(admin, details)
    other = register_patient(admin, PatientDetails("Achieng", "Odhiambo", Sex.FEMALE))
    carer, _ = add_staff(
        admin,
        user_name="amina",
        display_name="Amina Otieno",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    stranger, _ = add_staff(
        admin,
        user_name="joseph",
        display_name="Joseph Mwangi",
        role=Role.PROVIDER,
        profession=Profession.NURSE,
    )
    desk = house.desk().signed_in_as(carer)
    record_patient_is_here(desk, slip.patient.id, "visit")
    add_entry(desk, slip.patient.id, Section.ALLERGIES, {"substance": f"Dawa{ILL}"})
    visit = NewVisit(
        reason=f"Homa{ILL}", diagnoses=(f"Malaria{ILL}",), notes=f"Maelezo{ILL}",
        vitals={"8310-5": "38.5"},
    )  # fmt: skip
    write_visit(desk, slip.patient.id, visit)
    accounts = house.store.accounts
    people = {"admin": admin.who, "carer": carer, "stranger": stranger}
    for name, one in (("patient", slip), ("other patient", other)):
        known = accounts.by_user_name(one.patient.medilink_id)
        assert known
        people[name] = replace(known.account, must_change=False)
    people = {name: replace(one, must_change=False) for name, one in people.items()}
    return slip.patient.id, slip.patient.medilink_id, people


def shown(page: PageClient) -> str:
    """Everything of the last run that went to the browser, whatever it is for."""
    return b" ".join(one.SerializeToString() for one in page._drawn).decode("utf-8", "replace")


def must_be_logged(walk: Walk, who: str, what: str, sent: str, before: int) -> None:
    """The promise. A patient's own name stands in their account, without any look at a record."""
    words = [ILL] if who == "patient" else [WHO, ILL]
    found = [word for word in words if word in sent.lower()]
    if found:
        assert walk.entries_about(before), f"{who} saw {found} by {what}, and no entry says so"


def buttons(page: PageClient) -> list[str]:
    found = []
    for element in page.elements():
        if element.WhichOneof("type") == "button" and not element.button.disabled:
            if not NEVER_PRESSED.search(element.button.label):
                found.append(element.button.id)
    return found


ROLE_OF = {
    "admin": Role.ADMIN,
    "carer": Role.PROVIDER,
    "stranger": Role.PROVIDER,
    "patient": Role.PATIENT,
    "other patient": Role.PATIENT,
}


@pytest.mark.parametrize("who", ROLE_OF)
def test_every_page_and_every_button(walk: Walk, who: str) -> None:
    seen, drawn = 0, 0
    for number, (address, *_) in enumerate(navigation.PAGES[ROLE_OF[who]]):
        page_name = "" if number == 0 else address
        query = f"on={walk.patient}"
        pressed: list[str | None] = [None]
        while pressed:
            button = pressed.pop(0)
            before = walk.head()
            with PageClient.connect(walk.address, walk.enter(who)) as page:
                page.rerun(page=page_name, query=query)
                sent = shown(page)
                if button is None:
                    pressed += buttons(page)
                elif button in sent:
                    state = WidgetState(id=button, trigger_value=True)
                    page.rerun(page=page_name, query=query, widget_states=[state])
                    sent += shown(page)
            assert "unforeseen" not in sent
            must_be_logged(walk, who, f"{address} {button or ''}", sent, before)
            seen += ILL in sent.lower()
            drawn += 1
    assert drawn > len(navigation.PAGES[ROLE_OF[who]]), "no button was pressed anywhere"
    if who in ("carer", "patient"):
        assert seen, "whoever may read was shown nothing: the walk walks past everything"
    if who == "other patient":
        assert not seen


def test_a_search_by_name_is_logged(walk: Walk) -> None:
    before = walk.head()
    with PageClient.connect(walk.address, walk.enter("stranger")) as page:
        page.rerun()
        box = next(e.text_input for e in page.elements() if e.WhichOneof("type") == "text_input")
        typed = WidgetState(id=box.id, string_value=f"Tumbili{WHO}")
        page.rerun(widget_states=[typed])
        assert WHO in shown(page).lower()
    acts = [row.act for row in walk.house.store.log.rows() if row.seq > before]
    assert "find patient" in acts


def test_a_page_that_goes_around_the_gate_is_caught(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show() -> None:
        file = the_house().store.file  # type: ignore[attr-defined]
        with file.reading() as connection:
            row = connection.exec_driver_sql("SELECT given FROM patient ORDER BY id").first()
        st.write(str(row))

    pages = (*navigation.PAGES[Role.ADMIN], ("rogue", "search", show, navigation.Place.NOWHERE))
    monkeypatch.setitem(navigation.PAGES, Role.ADMIN, pages)
    monkeypatch.setitem(navigation.TITLE_WORDS, "rogue", "Notices")
    before = walk.head()
    with PageClient.connect(walk.address, walk.enter("admin")) as page:
        page.rerun(page="rogue")
        sent = shown(page)
    assert WHO in sent.lower()
    with pytest.raises(AssertionError, match="no entry says so"):
        must_be_logged(walk, "admin", "rogue", sent, before)


def routes_of(app: Any) -> list[Route]:
    inner = app
    while not hasattr(inner, "routes"):
        inner = inner._app if hasattr(inner, "_app") else inner.app
    return [route for route in inner.routes if isinstance(route, Route)]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@pytest.mark.parametrize("who", [*ROLE_OF, ""])
def test_every_route(walk: Walk, who: str) -> None:
    opener = urllib.request.build_opener(_Stay)
    asked = 0
    for route in routes_of(walk.app):
        path = re.sub(r"{[^}]*}", "1", route.path)
        for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
            before = walk.head()
            headers = {"Cookie": f"{COOKIE}={walk.enter(who)}"} if who else {}
            body = b"" if method == "POST" else None
            request = urllib.request.Request(
                walk.address + path, data=body, headers=headers, method=method
            )
            try:
                with opener.open(request, timeout=20) as answer:
                    sent = answer.read()
            except urllib.error.HTTPError as refusal:
                sent = refusal.read()
            must_be_logged(walk, who, f"{method} {path}", sent.decode("utf-8", "replace"), before)
            asked += 1
    assert asked > 10


def test_every_verb(walk: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line says and writes. It opens the store beside the server, as staff would
    on the clinic's computer."""
    config = walk.house.config
    monkeypatch.setenv("MEDILINK_DATA", str(config.data_dir))
    monkeypatch.setenv("MEDILINK_KEYS", str(config.keys_dir))
    monkeypatch.setenv("MEDILINK_HASH_COST", "light")
    for verb in (
        lambda: audit.main(["verify"]),
        lambda: audit.main(["verify", "--json"]),
        lambda: audit.main(["archive"]),
        lambda: audit.main(["export", str(tmp_path / "log.jsonl")]),
        lambda: audit.main(["export", str(tmp_path / "more.jsonl"), "--details"]),
        lambda: audit.main(["prove", str(tmp_path / "proof.json")]),
        lambda: doctor.main([]),
    ):
        before, out = walk.head(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            verb()
        sent = out.getvalue() + "".join(
            file.read_text("utf-8") for file in tmp_path.glob("*.json*")
        )
        assert ILL not in sent.lower()
        if WHO in sent.lower():  # as whoever has signed in: an account's name
            new = [row.act for row in walk.house.store.log.rows() if row.seq > before]
            assert "export the log" in new
        for file in tmp_path.glob("*.json*"):
            file.unlink()

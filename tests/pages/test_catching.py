"""A moving code through the scanner's door, frame by frame: real pictures, the real route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from medilink.acts.set_up import ClinicForm
from medilink.config import Config
from medilink.people import Account, AccountId, PatientId, Role
from security.slots import new_recovery_words
from tests.clinics import HandClock
from tests.frame_pictures import jpeg_of
from ui.app import build_app
from ui.doors.scanner import CAUGHT, FRAMES_PER_SECOND
from ui.guard import COOKIE
from ui.house import House
from ui.parts.moving_qr import moving_frames
from ui.sessions import Session, take_caught

PASSPHRASE = "mango river lantern quiet"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
CONTENT = Random(1).randbytes(4_000)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    made = House(config, HandClock())
    made.set_up(FORM, new_recovery_words(), unattended=False)
    yield made
    made.close()


class Scanning:
    """Somebody's page with its camera on, a second of their clock for every frame."""

    def __init__(self, house: House, role: Role) -> None:
        patient = PatientId(1) if role is Role.PATIENT else None
        account = Account(AccountId(9), "u", "U", role, patient=patient)
        cookie, self.session = house.sessions.begin(account, "127.0.0.1", "")
        app = build_app(house, pages=PlainTextResponse("a page"))
        self._client = TestClient(app, base_url="http://localhost:8600", client=("127.0.0.1", 5))
        self._client.cookies.set(COOKIE, cookie)
        self._clock = house.wall

    def send(self, picture: bytes, *, anew: bool = False) -> dict[str, object]:
        assert isinstance(self._clock, HandClock)
        self._clock.forward(milliseconds=1_100 / FRAMES_PER_SECOND)
        answer = self._client.post("/scan/frame" + "?anew" * anew, content=picture)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    def status(self, picture: bytes) -> int:
        return self._client.post("/scan/frame", content=picture).status_code


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.PATIENT])
def test_frame_by_frame_until_it_is_whole_and_handed_out_once(house: House, role: Role) -> None:
    scanning, shares = Scanning(house, role), []
    for frame in moving_frames(CONTENT, 15)[3:]:
        answer = scanning.send(jpeg_of(frame))
        if "text" in answer:
            break
        shares.append(answer["progress"])
        assert answer["needed"] == 9
    assert shares == sorted(shares)
    assert len(shares) == 8
    name = str(answer["text"]).removeprefix(CAUGHT)
    assert take_caught(scanning.session, "another name") is None
    assert take_caught(scanning.session, name) == CONTENT
    assert take_caught(scanning.session, name) is None


def test_every_role_has_something_to_scan(house: House) -> None:
    for role in (Role.ADMIN, Role.PROVIDER, Role.PATIENT):
        assert Scanning(house, role).status(b"x") == 200


def test_what_one_session_catches_is_not_another_s(house: House) -> None:
    ours, theirs = Scanning(house, Role.PROVIDER), Scanning(house, Role.PATIENT)
    frames = [jpeg_of(frame) for frame in moving_frames(CONTENT, 15)]
    assert [ours.send(frame)["got"] for frame in frames[:3]] == [1, 2, 3]
    assert theirs.send(frames[5])["got"] == 1


def test_starting_the_camera_anew_forgets_what_was_half_caught(house: House) -> None:
    scanning = Scanning(house, Role.PROVIDER)
    frames = [jpeg_of(frame) for frame in moving_frames(CONTENT, 15)]
    for frame in frames[:4]:
        scanning.send(frame)
    other = moving_frames(Random(2).randbytes(900), 15)
    told = {"progress": 0.5, "got": 1, "needed": 2, "missing": [2]}
    assert scanning.send(jpeg_of(other[0]), anew=True) == told


def test_a_code_that_claims_to_be_caught_gets_nothing(house: House) -> None:
    session: Session = Scanning(house, Role.PROVIDER).session
    assert take_caught(session, "") is None
    assert take_caught(session, "a-name-somebody-printed") is None


def test_a_frame_without_a_code_and_no_picture_at_all_are_just_empty(house: House) -> None:
    scanning = Scanning(house, Role.PROVIDER)
    assert scanning.send(b"no picture") == {"text": None}
    first = jpeg_of(moving_frames(CONTENT, 15)[0])
    assert scanning.send(first)["got"] == 1
    assert scanning.send(b"no picture") == {"text": None}
    assert scanning.send(first)["got"] == 1

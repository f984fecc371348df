"""Two computers: the clinic's laptop is lost; a stick and the printed sheet bring everybody back to
work on another one, under another user of the system, in seconds.

The stick is a real FAT file system where one may be mounted; the words are read off the sheet's PDF
as a camera would; whoever restores is `nobody` where the tests may become that.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from backup.archive import nobody_waits
from backup.kept import read_name
from backup.stick import FOLDER, Stick, Volume, claim_stick
from exports.recovery_sheet import draw_recovery_sheet
from medilink.acts.read_record import open_record
from medilink.acts.register import register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff
from medilink.acts.write_visit import write_visit
from medilink.config import Config
from medilink.people import PatientDetails, PatientId, Profession, Role, Sex
from medilink.visits import NewVisit
from security.slots import new_recovery_words
from tests.clinics import HandClock
from ui.coming_back import ComingBack, come_back, day_of, look_into
from ui.house import House
from ui.reading import read_codes
from ui.rounds import rounds_here
from ui.setting_up.system_parts import add_test_tools, which_tool

PASSPHRASE, NEW_PASSPHRASE = "mango river lantern quiet", "copper violin sunset 88"
FORM = ClinicForm("Kisumu Clinic", "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
NOBODY = 65534
STICK_BYTES = 16 * 1024 * 1024
LONGEST_S = 60  # for a small clinic; what a large one takes is measured by `run.py bench`
CAMERA_DPI = 150


@dataclass
class Lost:
    """What is left of the first computer, and what was known there."""

    sheet: bytes
    doctor: str
    password: str
    patient: PatientId


def first_computer(folder: Path, stick: Path) -> Lost:
    """Set up, worked with, backed up to the stick by a round; then gone."""
    words = new_recovery_words()
    house = House(Config(folder / "data", folder / "keys", hash_cost="light"), HandClock())
    house.set_up(FORM, words, unattended=True)
    admin = house.desk().signed_in_as(house.store.accounts.list_staff()[0])
    _, password = add_staff(
        admin,
        user_name="amina",
        display_name="Amina Otieno",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    doctor = house.desk().signed_in_as(sign_in(house.desk(), "amina", password))
    slip = register_patient(doctor, PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE))
    write_visit(doctor, slip.patient.id, NewVisit(reason="fever", notes="malaria, seen early"))
    volume = Volume(stick, kind="vfat")
    mark, uuid = claim_stick(volume)
    done = rounds_here(house, house.system_desk(), [Stick(mark, uuid, lambda: [volume])]).go()
    assert not done.troubles
    house.close()
    sheet = draw_recovery_sheet("Kisumu Clinic", words, date(2026, 3, 2), lambda text: text)
    shutil.rmtree(folder)
    return Lost(sheet, "amina", password, slip.patient.id)


def scanned(sheet: bytes) -> str:
    """The words, from a picture of the paper."""
    document = pypdfium2.PdfDocument(sheet)
    page, picture = document[0], io.BytesIO()
    page.render(scale=CAMERA_DPI / 72).to_pil().save(picture, "PNG")
    page.close()
    document.close()
    [words] = read_codes(picture.getvalue())
    return words


def back_at_work(folder: Path, stick: Path, words: str, lost: Lost) -> dict[str, object]:
    """On the second computer: restored, unlocked, signed in, a record opened."""
    begun = time.monotonic()
    [file] = [path for path in (stick / FOLDER).iterdir() if read_name(path.name)]
    config, clock = Config(folder / "data", folder / "keys", hash_cost="light"), HandClock()
    clock.forward(hours=2)
    day = day_of(look_into(file, words))
    brought = ComingBack(file, words, "", NEW_PASSPHRASE, NEW_PASSPHRASE, day)
    come_back(config, brought, clock, nobody_waits)
    house = House(config, clock)
    house.unlock(NEW_PASSPHRASE)
    doctor = house.desk().signed_in_as(sign_in(house.desk(), lost.doctor, lost.password))
    record = open_record(doctor, lost.patient)
    house.close()
    return {
        "who": os.geteuid() if hasattr(os, "geteuid") else 0,
        "read": repr(record),
        "seconds": time.monotonic() - begun,
        "open to others": [
            path.name for path in (folder / "data").rglob("*") if path.stat().st_mode & 0o077
        ],
    }  # fmt: skip


def as_another_user(folder: Path, stick: Path, words: str, lost: Lost) -> dict[str, object]:
    """In a process of its own, as `nobody` where that is possible."""
    if not hasattr(os, "fork") or os.geteuid() != 0:
        return back_at_work(folder, stick, words, lost)
    os.chown(folder, NOBODY, NOBODY)
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(say, json.dumps(back_at_work(folder, stick, words, lost)).encode())
        except BaseException as trouble:  # noqa: BLE001 told to whoever waits
            os.write(say, json.dumps({"trouble": repr(trouble)}).encode())
        os._exit(0)
    os.close(say)
    said = b"".join(iter(lambda: os.read(hear, 65_536), b""))
    os.waitpid(child, 0)
    os.close(hear)
    found: dict[str, object] = json.loads(said)
    assert "trouble" not in found, found
    return found


PACKAGES = {"vfat": "dosfstools", "ext4": "e2fsprogs"}


def made_stick(image: Path, kind: str) -> None:
    """A stick as shops sell them (FAT), or as Linux people format it."""
    add_test_tools()
    make = which_tool(f"mkfs.{kind}")
    if make is None:
        pytest.skip(f"there is no mkfs.{kind} here (apt: {PACKAGES[kind]})")
    image.write_bytes(b"")
    os.truncate(image, STICK_BYTES)
    subprocess.run([make, str(image)], check=True, capture_output=True)


def ways_to_mount(image: Path, kind: str, at: Path) -> Iterator[list[str]]:
    """By the kernel; where it knows no FAT, by a driver outside it."""
    options = "loop,umask=0" if kind == "vfat" else "loop"
    yield ["mount", "-t", kind, "-o", options, str(image), str(at)]
    if kind == "vfat" and (driver := which_tool("fusefat")):
        yield [driver, "-o", "rw+,allow_other", str(image), str(at)]


@contextmanager
def plugged_in(image: Path, kind: str, at: Path) -> Iterator[Path]:
    """Where a computer has put it."""
    at.mkdir()
    said = ""
    for mount in ways_to_mount(image, kind, at):
        done = subprocess.run(mount, capture_output=True, check=False, text=True)
        if at.is_mount():
            break
        said += done.stderr[:90]
    else:
        pytest.skip(f"a made-up {kind} stick cannot be plugged in here: {said}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)
        at.rmdir()


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder another user may reach."""
    folder = Path(tempfile.mkdtemp(prefix="medilink-second-"))
    yield folder
    shutil.rmtree(folder)


def walked(lost: Lost, elsewhere: Path, stick: Path) -> None:
    found = as_another_user(elsewhere, stick, scanned(lost.sheet), lost)
    print(f"back at work after {found['seconds']:.1f} s as user {found['who']}")
    assert "malaria, seen early" in str(found["read"])
    assert found["open to others"] == []
    assert float(str(found["seconds"])) < LONGEST_S


def for_all_to_read(stick: Path) -> None:
    """FAT knows no owners; elsewhere somebody has seen to it."""
    for path in (stick / FOLDER).iterdir():
        path.chmod(0o644)


def test_another_computer_a_folder_and_the_paper(tmp_path: Path, elsewhere: Path) -> None:
    stick = elsewhere / "stick"
    stick.mkdir()
    lost = first_computer(tmp_path / "lost", stick)
    for_all_to_read(stick)
    walked(lost, elsewhere, stick)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="plugs a made-up stick into Linux")
@pytest.mark.parametrize("kind", PACKAGES)
def test_another_computer_a_real_stick_and_the_paper(
    kind: str, tmp_path: Path, elsewhere: Path
) -> None:
    """Pulled out of one, plugged into the other."""
    image = elsewhere / "stick.img"
    made_stick(image, kind)
    with plugged_in(image, kind, elsewhere / "stick") as stick:
        lost = first_computer(tmp_path / "lost", stick)
        if kind != "vfat":
            for_all_to_read(stick)
    with plugged_in(image, kind, elsewhere / "stick") as stick:
        walked(lost, elsewhere, stick)


def test_the_sheet_says_the_same_in_words_and_as_a_code() -> None:
    words = new_recovery_words()
    sheet = draw_recovery_sheet("Kisumu Clinic", words, date(2026, 3, 2), lambda text: text)
    document = pypdfium2.PdfDocument(sheet)
    page = document[0]
    text = page.get_textpage()
    printed = text.get_text_range().split()
    assert set(words) <= set(printed)
    assert scanned(sheet) == " ".join(words)
    text.close()
    page.close()
    document.close()

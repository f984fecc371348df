"""An administrator takes every record out: locked, signed, on record; whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import stat
from pathlib import Path

import pytest
import pyzipper

from exports.everybody import BULK, AllWanted, export_everybody
from exports.forms import Form
from exports.record_file import Progress, nobody_waits
from exports.wording import English
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.check_document import check_document_file
from medilink.acts.notices import my_notices
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import (
    ExportCancelled,
    FilePasswordWrong,
    FolderUnusable,
    Missing,
    PasswordWeak,
    Refused,
)
from medilink.handing_out import Asked
from medilink.intake.own_files import WHO_IS_WHO
from medilink.store import LogFilter
from tests.clinics import TestClinic, new_clinic

STRONG = "lantern river mango quiet"


@pytest.fixture
def clinic(tmp_path: Path) -> TestClinic:
    made = new_clinic(tmp_path / "clinic")
    for _ in range(3):
        made.register()
    return made


def taken_out(desk: Desk, path: Path, progress: Progress = nobody_waits, **other: str) -> int:
    wanted = AllWanted(
        why=other.get("why", "moving to another house"),
        form=other.get("form", Form.JSON.value),
        asked=Asked(),
        words=English(),
    )
    return export_everybody(desk, path, wanted, other.get("password", STRONG), progress)


def acts_of(clinic: TestClinic, act: Act) -> list[tuple[str, str]]:
    event = clinic.admin.event(Act.READ_LOG)
    wanted = LogFilter(acts=frozenset({act}))
    entries, _ = clinic.store.log.list_entries(wanted, limit=20, audit=event)
    return [(entry.outcome, entry.why) for entry in entries]


def test_every_record_is_in_it_and_comes_back(clinic: TestClinic, tmp_path: Path) -> None:
    path = tmp_path / "everybody.zip"
    assert taken_out(clinic.admin, path) == 3
    whole = path.read_bytes()
    assert check_document_file(clinic.admin, whole).sound
    assert b"Wanjiku" not in whole
    assert b"ML-" not in whole
    other = new_clinic(tmp_path / "other")
    with pyzipper.AESZipFile(io.BytesIO(whole)) as packed:
        packed.setpassword(STRONG.encode())
        names = packed.namelist()
        assert WHO_IS_WHO in names
        assert b"Wanjiku" in packed.read(WHO_IS_WHO)
        report = ImportReport()
        for name in set(names) - {WHO_IS_WHO}:
            people, _ = read_file(other.admin, name, packed.read(name), strangers=True)
            bring_in(other.admin, people, report)
    assert report.people == 3


def test_the_zip_itself_comes_in_at_another_clinic_and_adds_nothing_twice(
    clinic: TestClinic, tmp_path: Path
) -> None:
    path, other = tmp_path / "everybody.zip", new_clinic(tmp_path / "other")
    taken_out(clinic.admin, path)
    with pytest.raises(FilePasswordWrong):
        read_file(other.admin, path.name, path.read_bytes(), "lantern river mango loud")
    people, unread = read_file(other.admin, path.name, path.read_bytes(), STRONG, strangers=True)
    assert unread == []
    assert bring_in(other.admin, people, ImportReport()).people == 3
    assert bring_in(other.admin, people, ImportReport()).people == 0


def test_what_is_no_record_in_a_zip_of_all_is_named_and_the_rest_comes_in(
    clinic: TestClinic, tmp_path: Path
) -> None:
    path = tmp_path / "everybody.zip"
    taken_out(clinic.admin, path)
    with pyzipper.AESZipFile(path, "a", encryption=pyzipper.WZ_AES) as packed:
        packed.setpassword(STRONG.encode())
        packed.writestr("holiday.jpg", b"no record")
    people, unread = read_file(clinic.admin, path.name, path.read_bytes(), STRONG)
    assert len(people) == 3
    assert [part.where for part in unread] == ["holiday.jpg"]


def test_the_other_administrators_and_every_patient_are_told(
    clinic: TestClinic, tmp_path: Path
) -> None:
    slip = clinic.register()
    taken_out(clinic.admin, tmp_path / "everybody.zip")
    assert acts_of(clinic, Act.EXPORT_ALL) == [("done", "moving to another house")]
    own = clinic.patient(slip)
    assert any(notice.entry.act == Act.EXPORT for notice in my_notices(own))


def test_without_a_reason_or_a_strong_password_nothing_leaves(
    clinic: TestClinic, tmp_path: Path
) -> None:
    for wrong, error in (({"why": " "}, Missing), ({"password": "clinic"}, PasswordWeak)):
        with pytest.raises(error):
            taken_out(clinic.admin, tmp_path / "everybody.zip", **wrong)
    with pytest.raises(Refused):
        taken_out(clinic.provider(), tmp_path / "everybody.zip")
    assert list(tmp_path.glob("everybody*")) == []
    assert acts_of(clinic, Act.EXPORT) == []


def test_a_full_disk_or_a_stop_leaves_no_file(
    clinic: TestClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, _of: int) -> None:
        if done == 2:
            raise ExportCancelled

    with pytest.raises(ExportCancelled):
        taken_out(clinic.admin, tmp_path / "everybody.zip", progress=stop)

    def full(done: int, _of: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FolderUnusable):
        taken_out(clinic.admin, tmp_path / "everybody.zip", progress=full)
    with pytest.raises(FolderUnusable):
        taken_out(clinic.admin, tmp_path / "no" / "such" / "everybody.zip")
    assert list(tmp_path.glob("everybody*")) == []
    assert [outcome for outcome, _ in acts_of(clinic, Act.ISSUE)].count("refused") == 2


def test_the_log_has_the_hash_of_the_file_that_left(clinic: TestClinic, tmp_path: Path) -> None:
    path = tmp_path / "everybody.zip"
    taken_out(clinic.admin, path)
    event = clinic.admin.event(Act.READ_LOG)
    wanted = LogFilter(acts=frozenset({Act.ISSUE}))
    [newest], _ = clinic.store.log.list_entries(wanted, limit=1, audit=event)
    left = path.read_bytes()
    assert newest.extra["sha256"] == hashlib.sha256(left).hexdigest()
    assert newest.extra["size"] == str(len(left))
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_nothing_is_written_over_and_no_link_is_followed(
    clinic: TestClinic, tmp_path: Path
) -> None:
    folder, store = tmp_path / "stick", tmp_path / "records.db"
    folder.mkdir()
    store.write_bytes(b"the store")
    path = folder / "everybody.zip"
    (folder / "everybody.zip.part").symlink_to(store)
    assert taken_out(clinic.admin, path) == 3
    assert store.read_bytes() == b"the store"
    first = path.read_bytes()
    with pytest.raises(FolderUnusable):
        taken_out(clinic.admin, path)
    assert path.read_bytes() == first
    assert acts_of(clinic, Act.ISSUE)[0][0] == "refused"


def test_everybody_as_fhir_lines(clinic: TestClinic, tmp_path: Path) -> None:
    path = tmp_path / "everybody.zip"
    assert taken_out(clinic.admin, path, form=BULK) == 3
    assert check_document_file(clinic.admin, path.read_bytes()).sound
    with pyzipper.AESZipFile(path) as packed:
        packed.setpassword(STRONG.encode())
        lines = packed.read("Patient.000.ndjson").splitlines()
        assert "manifest.json" in packed.namelist()
    assert len(lines) == 3

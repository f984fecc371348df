"""Whoever copies the data folder, the logs or the temp folder reads nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from medilink.acts.drafts import keep_draft
from medilink.acts.read_record import open_record
from medilink.acts.register import find_patients
from medilink.acts.share import make_share_code
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.people import PatientDetails, Sex
from medilink.records import ALL_SECTIONS, Section
from medilink.visits import NewVisit
from tests.clinics import TestClinic

PLANTED = [f"Zephyrine{number:03d}Quux" for number in range(50)]


def files_below(*folders: Path) -> list[Path]:
    """Every readable file."""
    found = []
    for folder in folders:
        found += [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return found


def holding(paths: list[Path], secrets: list[bytes]) -> list[Path]:
    """The files in which one of the secrets stands, as UTF-8 or as UTF-16."""
    wanted = secrets + [secret.decode().encode("utf-16-le") for secret in secrets]
    bad = []
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if any(secret in content for secret in wanted):
            bad.append(path)
    return bad


def test_fifty_planted_words_are_found_nowhere(
    clinic: TestClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temp))
    doctor = clinic.provider()
    for start in range(0, 50, 5):
        name, reason, diagnosis, note, draft = PLANTED[start : start + 5]
        slip = clinic.register(
            by=doctor, details=PatientDetails(name, name, Sex.FEMALE, village=name)
        )
        patient = slip.patient.id
        write_visit(
            doctor, patient, NewVisit(reason=reason, diagnoses=(diagnosis,), notes=note * 2000)
        )
        add_entry(doctor, patient, Section.ALERTS, {"text": diagnosis})
        keep_draft(doctor, patient, "visit", {"notes": draft})
        find_patients(doctor, name)
        open_record(doctor, patient)
        make_share_code(clinic.patient(slip), ALL_SECTIONS, purpose=reason)
    with clinic.store.file.reading() as connection:
        connection.exec_driver_sql("SELECT more FROM entry ORDER BY more || name DESC").all()
    paths = files_below(clinic.folder, temp)
    assert any(path.name.endswith("-wal") for path in paths), "the WAL is looked into too"
    assert holding(paths, [word.encode() for word in PLANTED]) == []
    assert holding(paths, [b"SQLite format 3"]) == []
    clinic.store.close()
    assert holding(files_below(clinic.folder, temp), [w.encode() for w in PLANTED]) == []


def test_the_search_itself_would_find_a_planted_word(tmp_path: Path) -> None:
    (tmp_path / "leak").write_text("x" + PLANTED[7] + "y")
    assert holding(files_below(tmp_path), [PLANTED[7].encode()]) == [tmp_path / "leak"]

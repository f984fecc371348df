"""The report of a drill: sealed, plain about what failed, and from the command line as well."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from medilink.acts.check_document import check_document_file
from medilink.drills import Came, Drill, Tried
from tests.backup.test_restoring import Laptop, lost
from tests.clinics import START, TestClinic
from ui.commands import backup, drill
from ui.parts.drill_files import drill_pdf, drill_report

__all__ = ["lost"]  # a fixture
AT = int(START.timestamp() * 1000)
STEPS = (("fetch", 41_000), ("restore", 95_000), ("check", 500_000), ("sign in", 400), ("open", 80))


def restored(**otherwise: object) -> Tried:
    """A place where everything went well, but for what is said otherwise."""
    told = {
        "place": "home",
        "came": Came.PASSED,
        "name": "medilink-x",
        "generation": 123,
        "made_at": AT,
        "size": 310_000_000,
        "restored": 900_000_000,
        "patients": 12_345,
        "entries": 99_000,
        "opened": 312,
        "steps": STEPS,
    }
    return Tried(**{**told, **otherwise})  # type: ignore[arg-type]


def words_of(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


def test_what_failed_is_said_first_and_plainly() -> None:
    broken = restored(place="stick:ab", came=Came.FAILED, why="source-changed", steps=STEPS[:1])
    paper = words_of(drill_pdf(Drill(AT, "Kisumu Clinic", "Grace", (restored(), broken))))
    assert "FAILED: the backup from 1 place could not be restored." in paper
    assert paper.index("Backup 123") > paper.index("USB stick: ab FAILED: the file is not what")
    assert "12345" in paper
    assert "99000 entries, whole" in paper
    assert "312 entries decoded" in paper


def test_slower_than_promised_is_said() -> None:
    paper = words_of(drill_pdf(Drill(AT, "Kisumu Clinic", "Grace", (restored(),))))
    assert "10 min 36 s (at most 10 min 0 s: SLOWER THAN PROMISED)" in paper


def test_nothing_is_claimed_that_was_not_seen() -> None:
    paper = words_of(drill_pdf(Drill(AT, "Kisumu Clinic", "Grace", (restored(opened=None),))))
    assert "no right to it nobody is registered yet" in paper


def test_a_drill_that_restored_nothing_has_not_passed() -> None:
    away = Tried("stick:ab", Came.AWAY)
    assert not Drill(AT, "x", "y", (away, Tried("home", Came.EMPTY))).passed
    assert Drill(AT, "x", "y", (away, restored())).passed


def test_any_medilink_can_check_it(clinic: TestClinic) -> None:
    report = drill_report(clinic.admin, Drill(AT, "Kisumu Clinic", "Grace", (restored(),)))
    assert check_document_file(clinic.admin, report).sound
    assert not check_document_file(clinic.admin, report.replace(b"%PDF-1.", b"%PDF-2.")).sound


def test_from_the_command_line(
    lost: Laptop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MEDILINK_KEYS", str(lost.config.keys_dir))
    data, stick, report = str(lost.config.data_dir), tmp_path / "stick", tmp_path / "drill.pdf"
    assert drill.main(["--data", data]) == 1
    assert "no verified backup yet" in capsys.readouterr().err
    assert backup.main(["--data", data, "--when-due", "--also", str(stick)]) == 0
    capsys.readouterr()
    command = ["--data", data, "--also", str(stick)]
    assert drill.main([*command, "--report", str(report)]) == 0
    assert "Passed: backups from 2 places were restored" in capsys.readouterr().out
    assert str(stick) in words_of(report.read_bytes())
    [file] = stick.glob("*.age")
    file.write_bytes(file.read_bytes()[:-1])
    assert drill.main([*command, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["came"] for one in told["tried"]] == ["passed", "failed"]

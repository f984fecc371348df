"""The computer's own timer makes rounds over a real store: one backup when one is due, carried to
the stick that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backup.test_restoring import Laptop, lost
from ui.commands import backup

__all__ = ["lost"]  # a fixture


@pytest.fixture
def timer(lost: Laptop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("MEDILINK_KEYS", str(lost.config.keys_dir))
    return ["--data", str(lost.config.data_dir), "--when-due"]


def test_one_backup_when_one_is_due_and_not_again(
    lost: Laptop, timer: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup.main(timer) == 0
    assert "Backup 1," in capsys.readouterr().out
    assert backup.main(timer) == 0
    assert "Backup" not in capsys.readouterr().out
    assert len(list((lost.config.data_dir / "backups").glob("*.age"))) == 1


def test_the_newest_is_carried_to_the_stick_that_is_there(
    lost: Laptop, timer: list[str], tmp_path: Path
) -> None:
    away, stick = tmp_path / "elsewhere", tmp_path / "stick"
    assert backup.main([*timer, "--also", str(away)]) == 0, "a stick that is elsewhere"
    assert backup.main([*timer, "--also", str(stick), "--also", str(away)]) == 0
    [copy] = stick.glob("*.age")
    [made] = (lost.config.data_dir / "backups").glob("*.age")
    assert copy.read_bytes() == made.read_bytes()


def test_it_is_said_where_or_when(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ([], ["--to", "x", "--when-due"]):
        with pytest.raises(SystemExit):
            backup.main(wrong)
    assert "--when-due" in capsys.readouterr().err

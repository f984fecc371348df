"""Each month's report goes into the clinic's folder by itself, once, and sealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.check_document import check_document_file
from medilink.acts.report import keep_monthly_report, kept_reports
from medilink.acts.staff import change_clinic
from medilink.desk import Desk
from medilink.errors import FolderUnusable
from tests.clinics import new_clinic
from ui.house import MEDILINK_ITSELF
from ui.report_folder import put_reports, report_path


@pytest.fixture
def itself(tmp_path: Path) -> Desk:
    """MediLink after two months, with two reports kept."""
    clinic = new_clinic(tmp_path / "clinic")
    desk = clinic.desk.signed_in_as(MEDILINK_ITSELF)
    for _ in range(2):
        clinic.clock.forward(days=35)
        assert keep_monthly_report(desk, None)
    return desk


def test_every_kept_month_is_put_there_once(itself: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    months = put_reports(itself, folder)
    assert len(months) == 2
    assert put_reports(itself, folder) == []
    assert len(list(folder.iterdir())) == 2 * len(months)
    for month in months:
        found = check_document_file(itself, report_path(folder, month).read_bytes())
        assert found.sound


def test_what_cannot_be_written_is_tried_again(itself: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with pytest.raises(FolderUnusable, match="gone"):
        put_reports(itself, folder)
    folder.mkdir()
    assert len(put_reports(itself, folder)) == 2
    assert not list(folder.glob("*.part"))
    assert not list(folder.glob(".*"))


def test_nothing_is_written_through_a_link_or_over_a_file(itself: Desk, tmp_path: Path) -> None:
    """Whoever else may write to the folder could lay one out."""
    folder, store = tmp_path / "stick", tmp_path / "records.db"
    folder.mkdir()
    store.write_bytes(b"the store")
    for month in kept_reports(itself):
        for name in (f"medilink-report-{month}.csv.part", f"medilink-report-{month}.pdf.part"):
            (folder / name).symlink_to(store)
        (folder / f"medilink-report-{month}.csv").write_bytes(b"was here")
    put_reports(itself, folder)
    assert store.read_bytes() == b"the store"
    assert {one.read_bytes() for one in folder.glob("*.csv")} == {b"was here"}


def test_a_folder_is_named_from_the_root(tmp_path: Path) -> None:
    clinic = new_clinic(tmp_path / "clinic")
    now = clinic.desk.clinic
    with pytest.raises(FolderUnusable):
        change_clinic(clinic.admin, now, name=now.name, idle_minutes=15, report_folder="reports")
    kept = change_clinic(
        clinic.admin, now, name=now.name, idle_minutes=15, report_folder=str(tmp_path)
    )
    assert kept.report_folder == str(tmp_path)

"""Every record of the clinic in one locked zip, each as a signed document of its own.

Written to where it is kept while it is made, under another name until it is whole: a full disk, a
stop or a power cut leaves no file that looks finished, and nothing in the open.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from exports.bulk import write_bulk
from exports.csv_text import csv_lines
from exports.forms import KINDS, Form
from exports.making import Chosen, Made, make_file, why_unfinished
from exports.record_file import Progress, nobody_waits
from exports.whole_files import writing_new
from exports.wording import Wording
from medilink.acts.hand_out import begin_handing_out_all, hand_out_one_of_all
from medilink.acts.issue import log_unfinished, new_number, seal_path
from medilink.desk import Desk
from medilink.errors import FolderUnusable
from medilink.handing_out import Asked
from medilink.intake.own_files import WHO_IS_WHO
from medilink.people import Patient, PatientId
from medilink.proving import Container
from security.locked_files import LockedZip

BULK = "FHIR NDJSON"
FORMS = (*(form.value for form in KINDS), BULK)  # a file for each person, or lines of all of them
_LEAST_FREE = 50 * 1024 * 1024  # bytes: the store needs room too, and comes first


@dataclass(frozen=True, slots=True)
class AllWanted:
    """What an administrator asks for. `form`: one of `FORMS`; `why`: it stands in the log."""

    why: str
    form: str
    asked: Asked
    words: Wording

    @property
    def called(self) -> str:
        """The same as the log names it."""
        return f"everybody: {self.form}"


def export_everybody(
    desk: Desk,
    path: Path,
    wanted: AllWanted,
    password: str,
    progress: Progress = nobody_waits,
) -> int:
    """Write the zip; how many records are in it. `progress` is told after each and may raise
    ExportCancelled. Raises Missing, PasswordWeak, FolderUnusable."""
    check_folder(path.parent)
    everybody: list[PatientId] | None = None
    try:
        with writing_new(path) as file:
            with LockedZip(file, password) as locked:
                everybody = begin_handing_out_all(desk, wanted.called, wanted.why)
                _fill(desk, locked, everybody, wanted, progress)
            file.flush()
            seal_path(desk, new_number(), Container.ZIP, Path(file.name), wanted.called)
    except BaseException as trouble:
        if everybody is not None:
            log_unfinished(desk, None, wanted.called, why_unfinished(trouble))
        raise
    return len(everybody)


def everybody_path(folder: Path, now: datetime) -> Path:
    """Where the zip is put; named to the second, so that none takes the place of another."""
    return folder / f"medilink-everybody-{now:%Y-%m-%d-%H%M%S}.zip"


def _fill(
    desk: Desk,
    locked: LockedZip,
    everybody: list[PatientId],
    wanted: AllWanted,
    progress: Progress,
) -> None:
    handed = (
        hand_out_one_of_all(desk, patient, wanted.asked, wanted.called, wanted.why)
        for patient in everybody
    )
    if wanted.form == BULK:
        write_bulk(handed, locked.add, len(everybody), desk.now, progress)
        return
    chosen = Chosen(wanted.asked, Form(wanted.form), wanted.words)
    held: list[tuple[Made, Patient]] = []
    for number, one in enumerate(handed, start=1):
        made = make_file(desk, one, chosen)
        locked.add(made.name, made.content)
        held.append((replace(made, content=b""), one.record.patient))
        progress(number, len(everybody))
    locked.add(WHO_IS_WHO, b"".join(csv_lines(_who_is_who(held))))


def check_folder(folder: Path) -> None:
    """Raise FolderUnusable where nothing can be written, or hardly anything fits."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as trouble:
        raise FolderUnusable(folder=folder) from trouble
    if free < _LEAST_FREE or not os.access(folder, os.W_OK):
        raise FolderUnusable(folder=folder)


def _who_is_who(held: list[tuple[Made, Patient]]) -> Iterator[tuple[str, str, str]]:
    """The file names name nobody, because they can be read without the password; this does."""
    yield "File", "MediLink ID", "Name"
    for made, patient in held:
        yield made.name, patient.medilink_id, patient.details.full_name

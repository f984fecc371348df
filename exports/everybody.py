"""Every record of the clinic in one locked zip, each as a signed document of its own.

Written to where it is kept while it is made, under another name until it is whole: a full disk, a
stop or a power cut leaves no file that looks finished, and nothing in the open.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from exports.csv_text import csv_lines
from exports.making import Form, Made, make_file
from exports.record_file import Progress, nobody_waits
from exports.wording import Wording
from medilink.acts.hand_out import begin_handing_out_all, hand_out_one_of_all
from medilink.acts.issue import log_unfinished, new_number, seal_path
from medilink.desk import Desk
from medilink.errors import FolderUnusable
from medilink.handing_out import Asked
from medilink.people import Patient
from medilink.proving import Container
from security.locked_files import LockedZip

LIST = "who-is-who.csv"
ALL_OF = "everybody: {form}"
_LEAST_FREE = 50 * 1024 * 1024  # bytes: the store needs room too, and comes first


def export_everybody(  # noqa: PLR0913 what an administrator chooses, each named by the caller
    desk: Desk,
    path: Path,
    *,
    why: str,
    asked: Asked,
    form: Form,
    words: Wording,
    password: str,
    progress: Progress = nobody_waits,
) -> int:
    """Write the zip; how many records are in it. `progress` is told after each and may raise
    ExportCancelled. Raises Missing, PasswordWeak, FolderUnusable."""
    called = ALL_OF.format(form=form.value)
    check_folder(path.parent)
    with _writing(path) as file:
        with LockedZip(file, password) as locked:
            everybody = begin_handing_out_all(desk, called, why)
            try:
                held: list[tuple[Made, Patient]] = []
                for number, patient in enumerate(everybody, start=1):
                    handed = hand_out_one_of_all(desk, patient, asked, called, why)
                    made = make_file(desk, handed, asked, form, words)
                    locked.add(made.name, made.content)
                    held.append((made, handed.record.patient))
                    progress(number, len(everybody))
                locked.add(LIST, b"".join(csv_lines(_who_is_who(held))))
            except BaseException as trouble:
                why_not = getattr(trouble, "code", type(trouble).__name__)
                log_unfinished(desk, None, called, str(why_not))
                raise
        file.flush()
        seal_path(desk, new_number(), Container.ZIP, _begun(path), called)
    return len(everybody)


def check_folder(folder: Path) -> None:
    """Raise FolderUnusable where nothing can be written, or hardly anything fits."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as trouble:
        raise FolderUnusable(folder=folder) from trouble
    if free < _LEAST_FREE or not os.access(folder, os.W_OK):
        raise FolderUnusable(folder=folder)


def _begun(path: Path) -> Path:
    return path.with_name(path.name + ".part")


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner only, that gets its name when the block is done and is gone when it is
    not. Raises FolderUnusable where it does not fit."""
    begun = _begun(path)
    try:
        with open(begun, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file
        begun.replace(path)
    except OSError as trouble:
        begun.unlink(missing_ok=True)
        raise FolderUnusable(folder=path.parent) from trouble
    except BaseException:
        begun.unlink(missing_ok=True)
        raise


def _who_is_who(held: list[tuple[Made, Patient]]) -> Iterator[tuple[str, str, str]]:
    """The file names name nobody, because they can be read without the password; this does."""
    yield "File", "MediLink ID", "Name"
    for made, patient in held:
        yield made.name, patient.medilink_id, patient.details.full_name
